-- Requests by hour and everything that a rule asks about; each call once, whatever meters saw it.
SELECT
  date_trunc('hour', started_at) AS hour,
  started_at::DATE AS day,
  coalesce(provider_names.provider, 'unknown') AS provider,
  coalesce(priced_model, answered_model, requested_model) AS model,
  coalesce(cost_currency, 'USD') AS currency,
  account_id AS account,
  project,
  application,
  environment,
  team,
  cost_center,
  endpoint,
  feature,
  customer_id AS customer,
  api_key_id AS api_key,
  operation,
  coalesce(processing_tier, 'standard') AS tier,
  coalesce(context_tier, 'standard') AS context_tier,
  coalesce(starts_with(tokens_basis, 'counted:'), false) AS is_counted,
  started_at >= settled_calls.settled_until AS is_late,
  count(*)::BIGINT AS requests,
  count(*) FILTER (is_error IS DISTINCT FROM true)::BIGINT AS good_requests,
  count(*) FILTER (is_error)::BIGINT AS failed_requests,
  count(*) FILTER (streamed)::BIGINT AS streamed_requests,
  count(*) FILTER (cost IS NULL)::BIGINT AS unpriced_requests,
  sum(cost)::DECIMAL(38,12) AS cost,
  sum(cost) FILTER (is_error)::DECIMAL(38,12) AS failed_cost,
  sum(input_cost)::DECIMAL(38,12) AS input_cost,
  sum(output_cost)::DECIMAL(38,12) AS output_cost,
  sum(cache_read_cost)::DECIMAL(38,12) AS cache_read_cost,
  sum(cache_write_cost)::DECIMAL(38,12) AS cache_write_cost,
  sum(input_uncached_tokens)::HUGEINT AS uncached_tokens,
  sum(cache_read_tokens)::HUGEINT AS cache_read_tokens,
  sum(coalesce(cache_write_tokens, 0) + coalesce(cache_write_5m_tokens, 0)
      + coalesce(cache_write_1h_tokens, 0))::HUGEINT AS cache_write_tokens,
  sum(output_tokens)::HUGEINT AS output_tokens,
  count(output_tokens)::BIGINT AS requests_with_output
FROM metered_events
LEFT JOIN provider_names ON provider_names.name = metered_events.provider
CROSS JOIN settled_calls
WHERE {filter}
GROUP BY ALL

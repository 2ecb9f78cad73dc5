-- Requests of the period, each once whatever meters saw it, with what a token of its input cost.
SELECT
  row_number() OVER (ORDER BY started_at, event_id) AS call_no,
  event_id,
  started_at,
  started_at::DATE AS day,
  epoch_us(started_at) / 1e6 AS at_s,
  provider,
  coalesce(priced_model, answered_model, requested_model) AS model,
  coalesce(answered_model, requested_model) AS logged_model,
  application,
  project,
  environment,
  endpoint,
  coalesce(processing_tier, 'standard') AS tier,
  coalesce(cost_currency, 'USD') AS currency,
  cost,
  input_uncached_tokens + coalesce(cache_read_tokens, 0) + coalesce(cache_write_tokens, 0)
    + coalesce(cache_write_5m_tokens, 0) + coalesce(cache_write_1h_tokens, 0) AS input_tokens,
  coalesce(cache_read_tokens, 0) AS cache_read_tokens,
  coalesce(cache_write_tokens, 0) + coalesce(cache_write_5m_tokens, 0)
    + coalesce(cache_write_1h_tokens, 0) AS cache_write_tokens,
  cache_read_tokens IS NOT NULL AS tells_cache,
  output_tokens,
  max_output_tokens,
  input_cost::DOUBLE AS input_cost,
  output_cost::DOUBLE AS output_cost,
  cache_write_cost::DOUBLE AS cache_write_cost,
  cache_read_cost::DOUBLE AS cache_read_cost,
  -- Of a token that is neither read from a cache nor written to one; what findings are paid in.
  (input_cost - coalesce(cache_read_cost, 0) - coalesce(cache_write_cost, 0))::DOUBLE
    / nullif(input_uncached_tokens, 0) AS plain_price,
  input_cost::DOUBLE / nullif(input_tokens, 0) AS input_price,
  is_error,
  coalesce(attempt, 1) AS attempt,
  parent_event_id,
  finish_reason,
  tokens_basis LIKE 'counted:%' AS is_counted,
  coalesce(labels LIKE '%"input_cut_off"%', false) AS is_cut_off,
  body_hash,
  answer_hash,
  dense_rank() OVER (
    ORDER BY application, project, environment, endpoint, provider, model, currency
  ) AS scope_no
FROM metered_events
WHERE {filter}

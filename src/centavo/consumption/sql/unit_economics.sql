-- Requests, tokens and what they cost, by scope. Every ratio is made of two sums over the same
-- requests: those that state what the ratio needs. Unknown is NULL and never counts as zero.
WITH by_currency AS (
SELECT
  {keys}
  cost_currency AS currency,
  count(*)::BIGINT AS requests,
  count(cost)::BIGINT AS priced_requests,
  sum(cost)::DECIMAL(38,12) AS cost,
  sum(input_cost)::DECIMAL(38,12) AS input_cost,
  sum(output_cost)::DECIMAL(38,12) AS output_cost,
  sum(cache_read_cost)::DECIMAL(38,12) AS cache_read_cost,
  sum(cache_write_cost)::DECIMAL(38,12) AS cache_write_cost,
  sum(input_uncached_tokens) FILTER (cost IS NOT NULL)::BIGINT AS priced_uncached_tokens,
  sum(cache_read_tokens) FILTER (cost IS NOT NULL)::BIGINT AS priced_cache_read_tokens,
  sum(cache_written) FILTER (cost IS NOT NULL)::BIGINT AS priced_cache_write_tokens,
  sum(all_input) FILTER (cost IS NOT NULL)::BIGINT AS priced_input_tokens,
  sum(output_tokens) FILTER (cost IS NOT NULL)::BIGINT AS priced_output_tokens,
  sum(all_input) FILTER (output_tokens IS NOT NULL)::BIGINT AS paired_input_tokens,
  sum(output_tokens) FILTER (all_input IS NOT NULL)::BIGINT AS paired_output_tokens,
  sum(all_input)::BIGINT AS input_tokens,
  sum(cache_read_tokens) FILTER (all_input IS NOT NULL)::BIGINT AS cache_read_tokens,
  sum(cache_written)::BIGINT AS cache_write_tokens,
  sum(output_tokens)::BIGINT AS output_tokens,
  sum(reasoning_tokens)::BIGINT AS reasoning_tokens,
  count(is_error)::BIGINT AS requests_with_outcome,
  count(*) FILTER (is_error)::BIGINT AS error_requests,
  sum(cost) FILTER (is_error)::DECIMAL(38,12) AS error_cost,
  count(attempt)::BIGINT AS requests_with_attempt,
  count(*) FILTER (attempt > 1)::BIGINT AS retry_requests,
  sum(cost) FILTER (attempt > 1)::DECIMAL(38,12) AS retry_cost
FROM (
  SELECT
    metered_events.*,
    customer_id AS customer,
    coalesce(priced_model, answered_model, requested_model) AS model,
    account_id AS account,
    api_key_id AS api_key,
    processing_tier AS tier,
    inference_geo AS region,
    -- All input: known when any class is; a class that is not stated is then none.
    CASE WHEN coalesce(input_uncached_tokens, cache_read_tokens, cache_write_tokens, cache_write_5m_tokens, cache_write_1h_tokens) IS NOT NULL
      THEN coalesce(input_uncached_tokens, 0) + coalesce(cache_read_tokens, 0) + coalesce(cache_write_tokens, 0)
        + coalesce(cache_write_5m_tokens, 0) + coalesce(cache_write_1h_tokens, 0) END AS all_input,
    coalesce(cache_write_tokens, 0) + coalesce(cache_write_5m_tokens, 0) + coalesce(cache_write_1h_tokens, 0) AS cache_written
  FROM metered_events
)
WHERE {filter}
GROUP BY ALL
)
-- A request without a price has no currency: it counts with the others of its scope, among which
-- its failure is an error share, unless those have several.
SELECT {names} currency, sum(COLUMNS(* EXCLUDE ({names} currency)))
FROM (
  SELECT * REPLACE (
    CASE
      WHEN currency IS NOT NULL THEN currency
      WHEN min(currency) OVER scope = max(currency) OVER scope THEN min(currency) OVER scope
      ELSE ''
    END AS currency)
  FROM by_currency
  WINDOW scope AS (PARTITION BY {names} true)
)
GROUP BY ALL
ORDER BY cost DESC NULLS LAST, requests DESC

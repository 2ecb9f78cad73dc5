-- Usage that meters tell as sums over intervals, by scope. Two meters may have seen the same calls,
-- and a vendor's report is no count of one's own, so source and level are always kept apart; so are
-- operations, because a search or an image is not counted in tokens. An interval belongs to the day of its start. Where a meter states only bounds, the sum has bounds; one
-- interval without an upper bound leaves the sum without one.
SELECT
  {keys}
  source AS of_source,
  basis,
  operation AS of_operation,
  coalesce(reported_cost_currency, '') AS currency,
  count(*)::BIGINT AS intervals,
  min(interval_start) AS first_start,
  max(interval_end) AS last_end,
  sum(request_count)::BIGINT AS requests,
  sum(error_request_count)::BIGINT AS error_requests,
  sum(cache_read_tokens)::DECIMAL(38,12) AS cache_read_tokens,
  sum(input_low)::DECIMAL(38,12) AS input_tokens_low,
  CASE WHEN bool_and(input_high IS NOT NULL) THEN sum(input_high)::DECIMAL(38,12) END AS input_tokens_high,
  sum(output_low)::DECIMAL(38,12) AS output_tokens_low,
  CASE WHEN bool_and(output_high IS NOT NULL) THEN sum(output_high)::DECIMAL(38,12) END AS output_tokens_high,
  sum(reported_cost)::DECIMAL(38,12) AS reported_cost,
  sum(request_count) FILTER (reported_cost IS NOT NULL)::BIGINT AS requests_with_cost,
  count(*) FILTER (reported_cost IS NULL)::BIGINT AS intervals_without_cost
FROM (
  SELECT
    *,
    coalesce(all_input, input_tokens_low) AS input_low,
    coalesce(all_input, input_tokens_high) AS input_high,
    coalesce(output_tokens, output_tokens_low) AS output_low,
    coalesce(output_tokens, output_tokens_high) AS output_high
  FROM (
    SELECT
      *,
      customer_id AS customer,
      account_id AS account,
      api_key_id AS api_key,
      processing_tier AS tier,
      inference_geo AS region,
      -- All input: known when any class is; a class that is not stated is then none.
      CASE WHEN coalesce(input_uncached_tokens, cache_read_tokens, cache_write_tokens, cache_write_5m_tokens, cache_write_1h_tokens) IS NOT NULL
        THEN coalesce(input_uncached_tokens, 0) + coalesce(cache_read_tokens, 0) + coalesce(cache_write_tokens, 0)
          + coalesce(cache_write_5m_tokens, 0) + coalesce(cache_write_1h_tokens, 0) END AS all_input
    FROM usage_aggregates
  )
)
WHERE {filter}
GROUP BY ALL
ORDER BY requests DESC NULLS LAST, input_tokens_low DESC NULLS LAST

-- What vendors and gateways report as sums over an interval. Not priced; some state a cost.
CREATE OR REPLACE TEMP TABLE reconcile_reported AS
SELECT
  interval_start::DATE AS day,
  provider AS raw_provider,
  project AS raw_project,
  account_id AS raw_account,
  model AS raw_model,
  CASE WHEN processing_tier = 'standard' THEN NULL ELSE processing_tier END AS tier,
  reported_cost_currency AS currency,
  sum(request_count)::BIGINT AS request_count,
  sum(reported_cost)::DECIMAL(38,12) AS reported_cost,
  sum(input_uncached_tokens)::DECIMAL(38,12) AS input_quantity,
  sum(cache_read_tokens)::DECIMAL(38,12) AS cache_read_quantity,
  sum(coalesce(cache_write_tokens, 0) + coalesce(cache_write_5m_tokens, 0)
    + coalesce(cache_write_1h_tokens, 0))
    FILTER (coalesce(cache_write_tokens, cache_write_5m_tokens, cache_write_1h_tokens) IS NOT NULL)
    ::DECIMAL(38,12) AS cache_write_quantity,
  sum(cache_write_1h_tokens)::DECIMAL(38,12) AS held_quantity,
  sum(output_tokens)::DECIMAL(38,12) AS output_quantity,
  sum(web_searches)::DECIMAL(38,12) AS search_quantity
FROM usage_aggregates
WHERE basis = 'vendor_reported' AND {within}
GROUP BY ALL

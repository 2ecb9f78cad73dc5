-- Usage by what the log calls a model, its processing tier and the length of its input.
-- {length} counts how many of the thresholds the whole input, caches included, exceeds.
SELECT
  provider,
  requested_model,
  answered_model,
  processing_tier,
  {length} AS length,
  count(*)::BIGINT AS requests,
  {sums}
FROM metered_events
WHERE price_problem IS DISTINCT FROM 'failed_without_usage' AND {filter}
GROUP BY ALL
ORDER BY ALL

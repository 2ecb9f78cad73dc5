-- Requests without a price, by model and reason: unknown is not zero, so they are listed.
SELECT
  provider,
  coalesce(answered_model, requested_model) AS model,
  coalesce(price_problem, 'unknown') AS reason,
  count(*)::BIGINT AS requests,
  sum(coalesce(input_uncached_tokens, 0) + coalesce(cache_read_tokens, 0)
      + coalesce(cache_write_tokens, 0) + coalesce(cache_write_5m_tokens, 0)
      + coalesce(cache_write_1h_tokens, 0) + coalesce(output_tokens, 0))
    FILTER (coalesce(input_uncached_tokens, output_tokens) IS NOT NULL)::BIGINT AS tokens,
  min(started_at)::DATE::VARCHAR AS first_day,
  max(started_at)::DATE::VARCHAR AS last_day
FROM usage_events
WHERE cost IS NULL AND price_problem IS DISTINCT FROM 'failed_without_usage' AND {filter}
GROUP BY ALL
ORDER BY requests DESC, model

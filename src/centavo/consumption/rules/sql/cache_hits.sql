-- Share of input tokens that a prompt cache served, by day, and what cached and uncached input cost.
SELECT
  provider, model, project, application, environment, endpoint, currency, day,
  sum(coalesce(cache_read_tokens, 0))::DECIMAL(38,12) AS cache_read_tokens,
  sum(coalesce(uncached_tokens, 0) + coalesce(cache_read_tokens, 0) + cache_write_tokens)::DECIMAL(38,12)
    AS input_tokens,
  sum(coalesce(uncached_tokens, 0)) FILTER (cost IS NOT NULL)::DECIMAL(38,12) AS uncached_tokens,
  sum(coalesce(cache_read_cost, 0))::DECIMAL(38,12) AS cache_read_cost,
  sum(input_cost - coalesce(cache_read_cost, 0) - coalesce(cache_write_cost, 0))::DECIMAL(38,12)
    AS uncached_cost
FROM call_hours
WHERE uncached_tokens IS NOT NULL AND NOT is_late
GROUP BY ALL
HAVING input_tokens > 0
ORDER BY provider, model, project, application, environment, endpoint, currency, day

-- Scopes whose cache writes cost more above plain input than their reads saved.
SELECT
  application, project, environment, endpoint, model, currency,
  min(day) AS first_day, max(day) AS last_day, count(*) AS requests,
  count(*) FILTER (cache_write_tokens > 0) AS writes,
  sum(cache_write_tokens)::BIGINT AS written_tokens, sum(cache_read_tokens)::BIGINT AS read_tokens,
  -- Of a scope that writes or reads all of its input the plain price is that of the model's other calls.
  sum(cache_write_cost - cache_write_tokens * price) AS premium,
  sum(cache_read_tokens * price - coalesce(cache_read_cost, 0)) AS discount,
  premium - coalesce(discount, 0) AS money,
  arg_max(event_id, (cache_write_tokens, event_id)) AS example
FROM (
  SELECT *, coalesce(plain_price, avg(plain_price) OVER (PARTITION BY provider, model, currency)) AS price
  FROM prompt_calls
)
GROUP BY application, project, environment, endpoint, model, provider, currency
HAVING writes >= {writes} AND money > 0
ORDER BY money DESC

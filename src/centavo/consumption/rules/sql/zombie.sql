-- Callers that paid for requests and got no good answer in their last days, and for how long.
WITH by_day AS (
  SELECT
    provider, project, application, environment, endpoint, api_key, currency, day,
    sum(requests) AS requests, sum(good_requests) AS good_requests,
    sum(coalesce(output_tokens, 0)) AS output_tokens, sum(requests_with_output) AS told,
    sum(cost) AS cost
  FROM call_hours WHERE operation IS DISTINCT FROM 'embeddings' GROUP BY ALL
),
last_good AS (
  SELECT
    provider, project, application, environment, endpoint, api_key, currency,
    max(day) FILTER (good_requests > 0 AND (told = 0 OR output_tokens > 0)) AS last_good_day
  FROM by_day GROUP BY ALL
)
SELECT
  by_day.provider, by_day.project, by_day.application, by_day.environment, by_day.endpoint,
  by_day.api_key, by_day.currency, any_value(last_good_day) AS last_good_day,
  min(day) AS first_day, max(day) AS last_day, count(*) AS days,
  sum(requests)::BIGINT AS requests, sum(cost)::DECIMAL(38,12) AS cost
FROM by_day JOIN last_good
  ON (by_day.provider, by_day.project, by_day.application, by_day.environment, by_day.endpoint,
      by_day.api_key, by_day.currency)
  IS NOT DISTINCT FROM (last_good.provider, last_good.project, last_good.application,
      last_good.environment, last_good.endpoint, last_good.api_key, last_good.currency)
WHERE day > coalesce(last_good_day, DATE '0001-01-01')
GROUP BY ALL
HAVING days >= {days} AND sum(cost) > 0
ORDER BY cost DESC

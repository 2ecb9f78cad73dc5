-- Real-time traffic of each caller: how long its answers are, and how it is spread over the day.
WITH real_time AS (
  SELECT * EXCLUDE (hour), extract('hour' FROM hour)::INTEGER AS hour_of_day
  FROM call_hours
  WHERE tier NOT IN ('batch', 'flex') AND cost IS NOT NULL AND operation IS DISTINCT FROM 'embeddings'
),
callers AS (
  SELECT
    provider, model, project, application, environment, endpoint, currency,
    sum(requests)::BIGINT AS requests,
    sum(requests) FILTER (customer IS NOT NULL)::BIGINT AS customer_requests,
    sum(streamed_requests)::BIGINT AS streamed_requests,
    (sum(output_tokens) / nullif(sum(requests_with_output), 0))::DECIMAL(18,3) AS mean_output_tokens,
    min(day) AS first_day, max(day) AS last_day, count(DISTINCT day) AS days,
    sum(cost)::DECIMAL(38,12) AS cost
  FROM real_time GROUP BY ALL HAVING sum(cost) > 0
),
hours AS (
  SELECT provider, model, project, application, environment, endpoint, currency,
    map_from_entries(list((hour_of_day, in_hour) ORDER BY hour_of_day)) AS requests_by_hour
  FROM (
    SELECT provider, model, project, application, environment, endpoint, currency, hour_of_day,
      sum(requests)::BIGINT AS in_hour
    FROM real_time GROUP BY ALL
  )
  GROUP BY ALL
)
SELECT callers.*, requests_by_hour
FROM callers JOIN hours
  ON (callers.provider, callers.model, callers.project, callers.application, callers.environment,
      callers.endpoint, callers.currency)
  IS NOT DISTINCT FROM (hours.provider, hours.model, hours.project, hours.application,
      hours.environment, hours.endpoint, hours.currency)
ORDER BY cost DESC

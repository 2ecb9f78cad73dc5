-- Requests that went on to another model after a first try, by caller, first model and second model.
WITH tries AS (
  SELECT *, coalesce(priced_model, answered_model, requested_model) AS model
  FROM metered_events WHERE {filter}
),
hops AS (
  SELECT
    again.event_id, first.event_id AS first_id, first.provider, first.model AS first_model,
    again.model, again.project, again.application, again.environment, again.endpoint,
    again.started_at, again.cost, again.cost_currency AS currency,
    CASE WHEN first.is_error THEN first.cost END AS failed_cost
  FROM tries AS again JOIN tries AS first ON again.parent_event_id = first.event_id
  WHERE again.model <> first.model
),
callers AS (
  SELECT project, application, environment, endpoint, started_at::DATE AS day, count(*) AS requests
  FROM tries GROUP BY ALL
),
days AS (
  SELECT project, application, environment, endpoint, provider, first_model, model, currency,
    started_at::DATE AS day, count(*) AS fallbacks, sum(cost) AS cost,
    coalesce(sum(failed_cost), 0) AS failed_cost
  FROM hops GROUP BY ALL
)
SELECT
  days.* EXCLUDE (day, fallbacks, cost, failed_cost),
  sum(fallbacks)::BIGINT AS fallbacks,
  sum(requests)::BIGINT AS requests,
  sum(days.cost)::DECIMAL(38,12) AS cost,
  sum(failed_cost)::DECIMAL(38,12) AS failed_cost,
  count(*)::BIGINT AS storm_days,
  min(days.day) AS first_day,
  max(days.day) AS last_day
FROM days JOIN callers
  ON days.day = callers.day
  AND (days.project, days.application, days.environment, days.endpoint)
    IS NOT DISTINCT FROM (callers.project, callers.application, callers.environment, callers.endpoint)
WHERE fallbacks >= {share} * requests
GROUP BY ALL
HAVING sum(fallbacks) >= {fewest}
ORDER BY cost DESC

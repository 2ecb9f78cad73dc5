-- Money paid for requests that failed, and for sending the same request again after it had been
-- answered and paid, by day. A further attempt counts when the first is known to be paid, or when an
-- earlier further attempt at the same request was answered.
WITH attempts AS (
  SELECT
    source, event_id, project, application, environment, endpoint,
    coalesce(priced_model, answered_model, requested_model) AS model, requested_model,
    coalesce(cost_currency, 'USD') AS currency,
    started_at, cost, is_error,
    CASE WHEN attempt > 1 THEN coalesce(parent_event_id, json_extract_string(labels, '$.parent_event_id'))
      END AS again_of
  FROM metered_events
  WHERE {filter}
),
repeats AS (
  SELECT
    again.event_id,
    coalesce(first.cost > 0 AND first.requested_model IS NOT DISTINCT FROM again.requested_model, false)
      OR row_number() OVER (PARTITION BY again.source, again.again_of, again.requested_model
                            ORDER BY again.started_at, again.event_id) > 1 AS is_repeat
  FROM (SELECT * FROM attempts WHERE again_of IS NOT NULL AND is_error IS DISTINCT FROM true) AS again
  LEFT JOIN attempts AS first
    ON first.event_id = again.again_of AND first.is_error IS DISTINCT FROM true
)
SELECT
  project, application, environment, endpoint, model, currency, started_at::DATE AS day,
  sum(cost)::DECIMAL(38,12) AS cost,
  coalesce(sum(cost) FILTER (is_error), 0)::DECIMAL(38,12) AS failed_cost,
  coalesce(sum(cost) FILTER (is_repeat), 0)::DECIMAL(38,12) AS repeat_cost,
  count(*)::BIGINT AS requests,
  count(*) FILTER (is_error)::BIGINT AS failed_requests,
  count(*) FILTER (is_repeat)::BIGINT AS repeated_requests,
  count(DISTINCT again_of) FILTER (is_repeat)::BIGINT AS repeated_originals
FROM attempts LEFT JOIN repeats USING (event_id)
GROUP BY ALL
HAVING sum(cost) > 0
ORDER BY project, application, environment, endpoint, currency, day, model

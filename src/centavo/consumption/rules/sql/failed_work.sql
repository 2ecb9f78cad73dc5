-- What tasks cost that the log says were solved or not: by application and task.
WITH tasks AS (
  SELECT
    coalesce(application, project, source) AS place, currency, task,
    bool_or(is_solved) AS is_solved, count(*) AS requests, sum(coalesce(cost, reported_cost)) AS cost,
    min(started_at) AS first_seen, max(started_at) AS last_seen,
    bool_or(starts_with(coalesce(tokens_basis, ''), 'counted:')) AS is_counted
  FROM (
    SELECT
      *, coalesce(cost_currency, 'USD') AS currency,
      coalesce(
        json_extract_string(labels, '$.session'),
        json_extract_string(labels, '$.task_id') || coalesce(' ' || json_extract_string(labels, '$.trial'), ''),
        json_extract_string(labels, '$.instance_id'), json_extract_string(labels, '$.task'),
        json_extract_string(labels, '$.session_id'),
        json_extract_string(labels, '$.run_id'), event_id) AS task,
      coalesce(
        TRY_CAST(json_extract_string(labels, '$.resolved') AS BOOLEAN),
        TRY_CAST(json_extract_string(labels, '$.success') AS BOOLEAN),
        TRY_CAST(json_extract_string(labels, '$.reward') AS DECIMAL(18,6)) >= 1) AS is_solved
    FROM metered_events
    WHERE {filter} AND labels IS NOT NULL
  )
  GROUP BY ALL
)
SELECT
  place, currency,
  count(*) FILTER (is_solved)::BIGINT AS solved_tasks,
  count(*) FILTER (NOT is_solved)::BIGINT AS failed_tasks,
  coalesce(sum(cost) FILTER (is_solved), 0)::DECIMAL(38,12) AS solved_cost,
  coalesce(sum(cost) FILTER (NOT is_solved), 0)::DECIMAL(38,12) AS failed_cost,
  bool_or(is_counted) AS is_counted,
  min(first_seen) FILTER (is_solved IS NOT NULL) AS first_seen,
  max(last_seen) FILTER (is_solved IS NOT NULL) AS last_seen
FROM tasks
GROUP BY ALL
HAVING failed_tasks > 0 AND coalesce(sum(cost), 0) > 0
ORDER BY failed_cost DESC

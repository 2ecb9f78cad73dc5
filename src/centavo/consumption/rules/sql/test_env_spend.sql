-- Spend before credits by application (else project) and environment: whole period, and its last thirty days.
SELECT
  coalesce(application, project, account) AS place,
  CASE WHEN application IS NOT NULL THEN 'application' WHEN project IS NOT NULL THEN 'project'
    ELSE 'account' END AS place_kind,
  environment, unit AS currency, grade,
  min(day) AS first_day, max(day) AS last_day,
  sum(gross_amount)::DECIMAL(38,12) AS cost,
  coalesce(sum(gross_amount) FILTER (day >= DATE '{recent}'), 0)::DECIMAL(38,12) AS recent_cost,
  sum(row_count)::BIGINT AS row_count
FROM spend_days
WHERE coalesce(application, project, account) IS NOT NULL
GROUP BY ALL
ORDER BY place, place_kind, currency, cost DESC

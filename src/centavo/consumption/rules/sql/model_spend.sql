-- What each model costs in the last thirty days, by who uses it.
SELECT
  provider, model, unit AS currency, grade,
  sum(amount)::DECIMAL(38,12) AS cost,
  sum(row_count)::BIGINT AS row_count,
  string_agg(DISTINCT coalesce(application, project), ', ' ORDER BY coalesce(application, project))
    AS used_by,
  min(day) AS first_day, max(day) AS last_day
FROM spend_days
WHERE model IS NOT NULL AND day >= DATE '{recent}' AND amount > 0
GROUP BY ALL
ORDER BY cost DESC

-- The usage of every scope by day: everything, each place, and each item of a place.
SELECT
  unit, application, environment, project, account, model, service,
  grouping(model) = 0 AS is_item,
  grouping(account) = 0 AS is_place,
  string_agg(DISTINCT provider, chr(9)) AS providers,
  day,
  bool_or(is_late) AS is_late,
  sum(usage)::DOUBLE AS usage
FROM usage_days
GROUP BY GROUPING SETS (
  (unit, day),
  (unit, day, application, environment, project, account),
  (unit, day, application, environment, project, account, model, service)
)
ORDER BY unit, is_place, is_item, application, environment, project, account, model, service, day

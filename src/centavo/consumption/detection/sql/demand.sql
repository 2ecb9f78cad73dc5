-- Who sent the requests of a scope, before and during an incident, and at what cost.
SELECT
  coalesce(customer, api_key) AS client,
  CASE WHEN customer IS NOT NULL THEN 'customer' ELSE 'api_key' END AS kind,
  count(DISTINCT day) FILTER (day < {onset})::BIGINT AS days_before,
  coalesce(sum(requests) FILTER (day < {onset}), 0)::BIGINT AS requests_before,
  coalesce(sum(requests) FILTER (day >= {onset}), 0)::BIGINT AS requests_during,
  coalesce(sum(cost) FILTER (day < {onset}), 0)::DECIMAL(38,12) AS cost_before,
  coalesce(sum(cost) FILTER (day >= {onset}), 0)::DECIMAL(38,12) AS cost_during
FROM call_hours
WHERE {scope} AND day >= {since} AND day < {until}
GROUP BY ALL
ORDER BY requests_during DESC

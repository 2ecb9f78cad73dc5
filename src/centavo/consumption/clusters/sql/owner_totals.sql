-- Calls and cost of each owner; teams and cost centres where all of its calls name the same.
SELECT
  owner, grade, currency,
  count(*)::BIGINT AS calls,
  sum(cost)::DECIMAL(38,12) AS cost,
  CASE WHEN count(DISTINCT coalesce(team, '')) = 1 THEN any_value(team) END AS team,
  CASE WHEN count(DISTINCT coalesce(cost_center, '')) = 1 THEN any_value(cost_center) END AS cost_center
FROM grouped_calls JOIN call_owners USING (call)
GROUP BY ALL
ORDER BY ALL

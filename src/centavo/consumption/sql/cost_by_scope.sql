-- Cost by any combination of dimensions and grain. Always by currency as well, since amounts in two
-- currencies never add; and, when a conversion is asked for, by the bill's own rate and by day,
-- because each rate converts its own amounts only.
SELECT
  {keys}
  currency,
  sum(cost)::DECIMAL(38,12) AS cost,
  count(*)::BIGINT AS row_count,
  (count(*) - count(cost))::BIGINT AS unknown_rows,
  count(coalesce(application, team, cost_center, environment, endpoint, feature, use_case, customer))::BIGINT
    AS attributed_rows
  {rates}
FROM (
{rows}
)
WHERE {filter}
GROUP BY ALL

-- Bills of two periods as items: scope, what was bought, cost and quantity, over billed_rows.sql. Side
-- is 0 in the earlier and 1 in the later period.
SELECT
  {keys}
  side, currency, good, price_key, unit,
  sum(cost)::DECIMAL(38,12) AS cost,
  sum(quantity)::DECIMAL(38,12) AS quantity,
  (count(*) FILTER (cost <> 0 AND quantity IS NULL) = 0) AS is_measured,
  count(*)::BIGINT AS row_count,
  0::BIGINT AS calls,
  (count(*) - count(cost))::BIGINT AS unknown_rows,
  count(coalesce(application, team, cost_center, environment, endpoint, feature, use_case, customer))::BIGINT
    AS attributed_rows
  {rates}
FROM (
{rows}
)
WHERE side IS NOT NULL AND {filter}
GROUP BY ALL

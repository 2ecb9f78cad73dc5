-- The answers of cost_by_scope.sql from the rollup, to the digit.
SELECT
  {keys}
  currency,
  sum(cost)::DECIMAL(38,12) AS cost,
  sum(row_count)::BIGINT AS row_count,
  sum(unknown_rows)::BIGINT AS unknown_rows,
  sum(attributed_rows)::BIGINT AS attributed_rows
  {rates}
FROM cost_rollup
WHERE basis = '{basis}' AND {filter}
GROUP BY ALL

-- Cost by day and the dimensions that pages ask for, every evidence level apart. {keys} are those
-- dimensions; a bill's own rate stays with the amounts that it converts.
SELECT
  basis,
  charged_at::DATE::TIMESTAMP AS charged_at,
  currency,
  fx_rate,
  fx_currency,
  {keys},
  sum(cost)::DECIMAL(38,12) AS cost,
  count(*)::BIGINT AS row_count,
  (count(*) - count(cost))::BIGINT AS unknown_rows,
  count(coalesce(application, team, cost_center, environment, endpoint, feature, use_case, customer))::BIGINT
    AS attributed_rows
FROM (
{rows}
)
GROUP BY ALL
ORDER BY charged_at

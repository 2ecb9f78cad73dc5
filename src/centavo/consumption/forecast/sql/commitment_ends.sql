-- What the days of a commitment would have cost without it, above what was billed for them: its covered
-- usage at contracted or list prices, less everything that was billed under it, by scope and currency.
SELECT
  {keys}
  currency,
  sum(cost)::DECIMAL(38,12) AS more
FROM (
{rows}
)
WHERE {filter}
GROUP BY ALL

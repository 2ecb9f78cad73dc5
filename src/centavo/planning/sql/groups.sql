-- What ran in a period, by the dimensions asked for: material for a plan of it.
SELECT
  {keys},
  currency,
  sum(cost) AS cost,
  CASE WHEN count(DISTINCT unit) = 1 AND count(quantity) = count(*) THEN sum(quantity) END AS quantity,
  min(unit) AS unit
FROM ({rows})
WHERE {within}
GROUP BY ALL
ORDER BY cost DESC, {keys}

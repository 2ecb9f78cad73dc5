-- Leaf cells of the cube, one currency: cost before and after by scope.
SELECT
  {names}
  coalesce(sum(cost) FILTER (side = 0), 0)::DECIMAL(38,12) AS before,
  coalesce(sum(cost) FILTER (side = 1), 0)::DECIMAL(38,12) AS after
FROM why_items
WHERE currency = {currency}
GROUP BY ALL
ORDER BY greatest(abs(before), abs(after)) DESC
LIMIT {limit}

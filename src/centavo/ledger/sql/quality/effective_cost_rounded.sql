-- A provider whose EffectiveCost is always a whole amount while BilledCost is not: the column was
-- rounded on export, so savings rates computed from it are false.
SELECT
  count(*) AS concerned,
  'EffectiveCost of ' || ServiceProviderName || ' is a whole amount on all ' || count(*)
  || ' rows and differs from BilledCost on ' || count(*) FILTER (EffectiveCost <> BilledCost)
  || ': it was rounded before export, so a saving rate computed from it is false' AS message
FROM new_rows
WHERE EffectiveCost IS NOT NULL
  -- One fraction among the first rows acquits a provider. When all are acquitted, which is so of
  -- nearly every bill, the amounts of the other rows are not read at all.
  AND ServiceProviderName IN (
    SELECT DISTINCT ServiceProviderName FROM new_rows
    EXCEPT
    SELECT ServiceProviderName
    FROM (SELECT ServiceProviderName, EffectiveCost FROM new_rows LIMIT 100000)
    WHERE EffectiveCost <> trunc(EffectiveCost)
  )
GROUP BY ServiceProviderName
HAVING count(*) >= 20
  AND bool_and(EffectiveCost = trunc(EffectiveCost))
  AND 2 * count(*) FILTER (BilledCost <> trunc(BilledCost)) >= count(*)
ORDER BY ServiceProviderName;

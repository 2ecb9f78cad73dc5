-- Usage below zero outside a correction: a refund written as usage, or a broken meter.
SELECT
  count(*) AS concerned,
  count(*) || ' usage rows have a negative quantity and are not marked as corrections, the first for '
  || min_by(coalesce(ServiceName, '?') || ' ' || coalesce(SkuId, ChargeDescription, '?') || ' on ' || strftime(ChargePeriodStart, '%Y-%m-%d'), ChargePeriodStart) AS message
FROM new_rows
WHERE ChargeCategory = 'Usage' AND ChargeClass IS NULL
  AND (ConsumedQuantity < 0 OR PricingQuantity < 0)
HAVING count(*) > 0;

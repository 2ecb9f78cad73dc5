-- Provisioned capacity by model: what the bill says, and what ran on it.
SELECT
  x_ModelId AS model, BillingCurrency AS currency, max(x_Project) AS project,
  sum(BilledCost)::DECIMAL(38,12) AS billed,
  min(ChargePeriodStart)::DATE AS first_day,
  max(ChargePeriodStart)::DATE AS last_day
FROM charges
WHERE x_ProcessingTier = 'provisioned' AND x_ModelId IS NOT NULL AND {filter}
GROUP BY ALL
HAVING sum(BilledCost) > 0
ORDER BY billed DESC

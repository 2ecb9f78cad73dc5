-- Each bill by day as it was read at one time, and when it was fetched where it says so.
SELECT
  *,
  max(exported_day) OVER (PARTITION BY x_Source, BillingAccountId, BillingCurrency) AS fetched_day
FROM (
  SELECT
    x_Source, BillingAccountId, BillingCurrency,
    ChargePeriodStart::DATE AS day,
    max(x_SourceExportTime)::DATE AS exported_day,
    sum(BilledCost)::DECIMAL(38,12) AS cost
  FROM charges
  WHERE x_CostBasis = 'billed'
  GROUP BY ALL
)

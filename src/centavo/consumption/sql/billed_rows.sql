-- Bills as cost rows: one vocabulary for bills and meters. {cost} is the chosen cost column.
SELECT
  x_CostBasis AS basis,
  ChargePeriodStart AS charged_at,
  BillingCurrency AS currency,
  {cost} AS cost,
  CASE WHEN x_FxRate > 0 THEN x_FxRate END AS fx_rate,
  coalesce(PricingCurrency, 'USD') AS fx_currency,
  {dimensions}
FROM charges
WHERE x_CostBasis = '{basis}'

-- Rows of bills in the vocabulary of ../billed_rows.sql, with quantity and what has a price of its own.
SELECT
  {side} AS side,
  ChargePeriodStart AS charged_at,
  BillingCurrency AS currency,
  {cost} AS cost,
  CASE WHEN PricingQuantity IS NOT NULL AND PricingUnit IS NOT NULL THEN PricingQuantity
    WHEN ConsumedUnit IS NOT NULL THEN ConsumedQuantity END AS quantity,
  CASE WHEN PricingQuantity IS NOT NULL AND PricingUnit IS NOT NULL THEN PricingUnit
    WHEN ConsumedQuantity IS NOT NULL THEN ConsumedUnit END AS unit,
-- What is bought, and what of it has a price of its own: the SKU and all that a token's price depends on.
  hash(ServiceProviderName, BillingAccountId,
    coalesce(x_ModelId, x_ModelFamily, SkuId, ServiceName), ChargeCategory, x_CostType) AS good,
  hash(coalesce(SkuId, ServiceName), x_TokenDirection, x_TokenCacheAction, x_CacheRetention,
    x_ProcessingTier, x_ContextTier, x_TokenModality) AS price_key,
  CASE WHEN x_FxRate > 0 THEN x_FxRate END AS fx_rate,
  coalesce(PricingCurrency, 'USD') AS fx_currency,
  {dimensions}
FROM charges
WHERE x_CostBasis = '{basis}'

-- Charges by day, provider, account, model and class of token, at what they cost before and after
-- discounts. A discount that stands in ListCost only (the meter may know it) stays visible: both unit
-- prices are kept. Grouped by the bill's own rate as well, since each converts its own rows only.
CREATE OR REPLACE TEMP TABLE reconcile_charged AS
SELECT
  x_CostBasis AS basis,
  ChargePeriodStart::DATE AS day,
  date_trunc('month', BillingPeriodStart)::DATE AS billing_month,
  coalesce(ServiceProviderName, InvoiceIssuerName, HostProviderName) AS raw_provider,
  coalesce(x_Project, SubAccountId) AS raw_project,
  BillingAccountId AS raw_account,
  coalesce(x_ModelId, x_ModelFamily || coalesce('-' || x_ModelVersion, '')) AS raw_model,
  CASE
    WHEN ChargeCategory IN ('Tax', 'Credit', 'Adjustment', 'Purchase') OR x_CostType IN ('tax', 'adjustment', 'rounding_error') THEN NULL
    WHEN x_TokenDirection = 'Output' THEN 'output'
    WHEN x_TokenCacheAction = 'Read' THEN 'cache_read'
    WHEN x_TokenCacheAction = 'Write' THEN 'cache_write'
    WHEN x_TokenDirection = 'Input' THEN 'input'
    WHEN {counted} IS NOT NULL AND x_ModelId IS NOT NULL THEN 'tokens'
    WHEN x_ModelId IS NOT NULL AND ConsumedUnit IS NULL THEN 'tokens'
    WHEN ServiceCategory = 'AI and Machine Learning' THEN 'other'
  END AS token_class,
  CASE
    WHEN ChargeCategory = 'Tax' OR x_CostType = 'tax' THEN 'tax'
    WHEN x_CostType = 'rounding_error' THEN 'rounding'
    WHEN ChargeCategory IN ('Credit', 'Adjustment') OR x_CostType = 'adjustment' THEN 'credit'
    -- Capacity of models is paid for without regard to calls.
    WHEN ChargeCategory = 'Purchase' OR (x_ProcessingTier = 'provisioned' AND {counted} IS NULL) THEN 'fee'
    -- What only takes cost off other rows: AWS's discounts stand as rows of usage without a quantity.
    WHEN BilledCost < 0 AND ListCost IS NULL AND coalesce({counted}, ConsumedQuantity, PricingQuantity, 0) = 0 THEN 'credit'
    ELSE 'usage'
  END AS kind,
  ServiceName AS service,
  ServiceCategory AS service_category,
  CASE WHEN x_ProcessingTier = 'standard' THEN NULL ELSE x_ProcessingTier END AS tier,
  coalesce(x_ContextTier, 'standard') = 'long' AS is_long,
  lower(coalesce(x_InferenceGeo, 'global')) <> 'global' AS is_regional,
  coalesce(x_TokenCacheAction = 'Write' AND x_CacheRetention NOT IN ('5m', 'storage'), false) AS is_held,
  BillingCurrency AS currency,
  CASE WHEN x_FxRate > 0 THEN x_FxRate END AS fx_rate,
  coalesce(PricingCurrency, 'USD') AS fx_currency,
  CASE
    WHEN span_hours > 48 THEN 'longer'
    WHEN span_hours BETWEEN 20 AND 28 AND hour(ChargePeriodStart) IN (7, 8) THEN 'pacific_day'
    WHEN span_hours BETWEEN 20 AND 28 THEN 'day'
    ELSE 'shorter'
  END AS span,
  count(*)::BIGINT AS row_count,
  sum({counted})::DECIMAL(38,12) AS quantity,
  sum(BilledCost)::DECIMAL(38,12) AS billed,
  -- Before discounts: a list cost of nothing beside a cost is no list cost.
  sum(CASE WHEN ListCost = 0 AND BilledCost > 0 THEN gross ELSE coalesce(ListCost, gross) END)::DECIMAL(38,12) AS listed,
  sum(coalesce(ContractedCost, gross))::DECIMAL(38,12) AS contracted,
  max(x_SourceExportTime) AS exported_at,
  -- The last decimal that the bill prints, as the number of decimals.
  max(CASE
    WHEN BilledCost = trunc(BilledCost, 2) THEN 2 WHEN BilledCost = trunc(BilledCost, 4) THEN 4
    WHEN BilledCost = trunc(BilledCost, 6) THEN 6 WHEN BilledCost = trunc(BilledCost, 8) THEN 8
    WHEN BilledCost = trunc(BilledCost, 10) THEN 10 ELSE 12
  END) AS decimals
FROM (
  SELECT
    *,
    date_diff('hour', ChargePeriodStart, coalesce(ChargePeriodEnd, ChargePeriodStart + INTERVAL 1 DAY)) AS span_hours,
    coalesce(x_GrossCost, BilledCost - coalesce(x_CreditCost, 0)) AS gross
  FROM charges
  WHERE x_CostBasis IN ('billed', 'vendor_reported') AND {within}
)
GROUP BY ALL

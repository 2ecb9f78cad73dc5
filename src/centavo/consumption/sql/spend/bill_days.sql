-- Bills by day and everything that a rule asks about, without single resources. "paid" is what is
-- due after every discount and credit, "list" what it would be without any.
SELECT
  ChargePeriodStart::DATE AS day,
  x_CostBasis AS basis,
  coalesce(provider_names.provider, 'unknown') AS provider,
  BillingCurrency AS currency,
  coalesce(PricingCurrency, BillingCurrency) AS pricing_currency,
  BillingAccountId AS account,
  coalesce(x_Project, SubAccountId) AS project,
  x_Application AS application,
  x_Environment AS environment,
  x_Team AS team,
  x_CostCenter AS cost_center,
  x_Endpoint AS endpoint,
  x_Feature AS feature,
  x_CustomerId AS customer,
  NULL::VARCHAR AS api_key,
  coalesce(x_ModelId, x_ModelFamily) AS model,
  ServiceName AS service,
  SkuId AS sku,
  PricingUnit AS unit,
  x_TokenDirection || coalesce(' ' || x_TokenCacheAction, '') AS token_class,
  x_ProcessingTier AS tier,
  ChargeCategory AS category,
  x_CostType AS cost_type,
  x_FxRate AS fx_rate,
  Tags IS NOT NULL AND Tags NOT IN ('', '{{}}', 'null') AS is_tagged,
  ChargePeriodStart >= coalesce(settled.settled_until, TIMESTAMP '9999-01-01') AS is_late,
  any_value(ChargeDescription) AS sku_name,
  sum(BilledCost)::DECIMAL(38,12) AS cost,
  sum(coalesce(x_GrossCost, BilledCost))::DECIMAL(38,12) AS gross,
  sum(coalesce(ListCost, x_GrossCost, BilledCost))::DECIMAL(38,12) AS list,
  -- Credits that come back each month by themselves.
  coalesce(sum(x_CreditCost) FILTER (contains(x_Credits, 'FREE_TIER')
    OR contains(x_Credits, 'SUSTAINED_USAGE')), 0)::DECIMAL(38,12) AS monthly_credit,
  sum(coalesce(x_GrossCost, BilledCost)) FILTER (PricingQuantity > 0)::DECIMAL(38,12) AS quantity_cost,
  sum(PricingQuantity) FILTER (PricingQuantity > 0)::DECIMAL(38,12) AS quantity,
  count(*)::BIGINT AS row_count,
  0::BIGINT AS requests
FROM charges
LEFT JOIN provider_names ON provider_names.name = ServiceProviderName
LEFT JOIN settled ON settled.source = x_Source AND settled.account = BillingAccountId
WHERE {filter}
GROUP BY ALL

-- Charges of one evidence level as rows that meters look at.
SELECT
  ChargePeriodStart AS charged_at,
  BillingCurrency AS currency,
  BilledCost AS cost,
  ConsumedQuantity AS quantity,
  ConsumedUnit AS unit,
  x_RequestCount::DECIMAL(38,12) AS requests,
  CASE WHEN x_TokenDirection = 'Input' THEN coalesce(x_TokenCount, ConsumedQuantity) END AS input_tokens,
  CASE WHEN x_TokenDirection = 'Output' THEN coalesce(x_TokenCount, ConsumedQuantity) END
    AS output_tokens,
  (epoch_us(ChargePeriodEnd) - epoch_us(ChargePeriodStart))::DECIMAL(38,0) AS microseconds,
  x_Project AS project,
  x_Application AS application,
  x_Endpoint AS endpoint,
  x_Feature AS feature,
  x_UseCase AS use_case,
  x_Environment AS environment,
  x_Team AS team,
  x_CostCenter AS cost_center,
  x_CustomerId AS customer,
  ServiceProviderName AS provider,
  ServiceName AS service,
  ServiceCategory AS service_category,
  SkuId AS sku,
  coalesce(x_ModelId, x_ModelFamily) AS model,
  RegionId AS region,
  ResourceId AS resource,
  ChargeCategory AS charge_category,
  BillingAccountId AS account,
  SubAccountId AS sub_account,
  x_Source AS source
FROM charges
WHERE x_CostBasis = '{basis}'

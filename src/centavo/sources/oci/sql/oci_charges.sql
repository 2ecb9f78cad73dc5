-- Charges of Oracle cost reports. In braces: rows is one row per line, every column as text; sku the
-- call that reads what the product meters.
SELECT
    t.domain AS AvailabilityZone,
    t.billed AS BilledCost,
    coalesce(t.subscription, t.tenant) AS BillingAccountId,
    CASE WHEN t.subscription IS NULL THEN 'Tenancy' ELSE 'Subscription' END AS BillingAccountType,
    upper(t.currency) AS BillingCurrency,
    CAST(date_trunc('month', t.usage_start) AS TIMESTAMP) AS BillingPeriodStart,
    CAST(date_trunc('month', t.usage_start) + INTERVAL 1 MONTH AS TIMESTAMP) AS BillingPeriodEnd,
    'Usage' AS ChargeCategory,
    CASE WHEN lower(t.is_correction) = 'true' OR t.back_reference IS NOT NULL THEN 'Correction' END
        AS ChargeClass,
    t.description AS ChargeDescription,
    'Usage-Based' AS ChargeFrequency,
    t.usage_start AS ChargePeriodStart,
    CAST(CAST(t.ends AS TIMESTAMPTZ) AS TIMESTAMP) AS ChargePeriodEnd,
    CAST(t.quantity AS DECIMAL(38, 12)) AS ConsumedQuantity,
    CASE WHEN t.quantity IS NOT NULL THEN t.unit END AS ConsumedUnit,
    CAST(t.price AS DECIMAL(38, 12)) AS ContractedUnitPrice,
    t.billed AS EffectiveCost,
    'Oracle' AS HostProviderName,
    'Oracle' AS InvoiceIssuerName,
    CAST(t.quantity AS DECIMAL(38, 12)) AS PricingQuantity,
    CASE WHEN t.quantity IS NOT NULL THEN t.unit END AS PricingUnit,
    t.region AS RegionId,
    t.region AS RegionName,
    t.resource AS ResourceId,
    CASE WHEN t.resource IS NOT NULL
        THEN coalesce(nullif(regexp_extract(t.resource, '^ocid\d+\.([^.]+)\.', 1), ''), t.service)
    END AS ResourceType,
    t.sku_meaning.service_category AS ServiceCategory,
    t.sku_meaning.service_subcategory AS ServiceSubcategory,
    t.service AS ServiceName,
    'Oracle' AS ServiceProviderName,
    t.sku AS SkuId,
    CASE WHEN t.sku IS NOT NULL THEN t.description END AS SkuMeter,
    t.sku AS SkuPriceId,
    CASE WHEN t.sku IS NOT NULL THEN '{' || nullif(concat_ws(',',
        '"x_ReferenceNumber":' || CAST(to_json(t.reference) AS VARCHAR),
        '"x_BackReferenceNumber":' || CAST(to_json(t.back_reference) AS VARCHAR),
        '"x_CompartmentId":' || CAST(to_json(t.compartment) AS VARCHAR),
        '"x_OverageFlag":' || CAST(to_json(t.overage_flag) AS VARCHAR),
        '"x_UnitPriceOverage":' || CAST(to_json(t.price_overage) AS VARCHAR),
        '"x_BilledQuantityOverage":' || CAST(to_json(t.quantity_overage) AS VARCHAR),
        '"x_MyCostOverage":' || CAST(to_json(t.cost_overage) AS VARCHAR),
        '"x_AttributedCost":' || CAST(to_json(t.attributed_cost) AS VARCHAR),
        '"x_AttributedUsage":' || CAST(to_json(t.attributed_usage) AS VARCHAR)
    ), '') || '}' END AS SkuPriceDetails,
    t.tenant AS SubAccountId,
    'Tenancy' AS SubAccountType,
    t.tags AS Tags,
    'billed' AS x_CostBasis,
    'oci' AS x_Source,
    t.batch_id AS x_IngestionBatchId,
    CAST(t.usage_start AS DATE) AS x_RestatementDate,
    t.sku_meaning.developer AS x_ModelDeveloper,
    t.sku_meaning.family AS x_ModelFamily,
    t.sku_meaning.model AS x_ModelId,
    t.sku_meaning.direction AS x_TokenDirection,
    t.sku_meaning.cache_action AS x_TokenCacheAction,
    t.sku_meaning.tier AS x_ProcessingTier,
    t.sku_meaning.context AS x_ContextTier,
    t.sku_meaning.modality AS x_TokenModality,
    CAST(CAST(t.quantity AS DECIMAL(38, 12)) * t.sku_meaning.tokens_per_unit AS DECIMAL(38, 12))
        AS x_TokenCount,
    t.compartment_name AS x_Project
FROM (
    SELECT
        r.*,
        CAST(r.cost AS DECIMAL(38, 12)) AS billed,
        coalesce(CAST(CAST(r.starts AS TIMESTAMPTZ) AS TIMESTAMP),
            error('lineItem/intervalUsageStart must have a value')) AS usage_start,
        {sku} AS sku_meaning
    FROM ({rows}) AS r
    WHERE r.cost IS NOT NULL
        AND (r.tenant IS NOT NULL OR error('lineItem/tenantId must have a value'))
        AND (r.currency IS NOT NULL OR error('cost/currencyCode must have a value'))
) AS t

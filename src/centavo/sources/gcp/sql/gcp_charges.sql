-- Charges of Cloud Billing records. In braces: rows is one row per record, every column as text;
-- skus says what each service and SKU is; wanted which rows; details the members of SkuPriceDetails.
WITH typed AS (
    SELECT
        r.*,
        gcp_amount(r.cost) AS gross,
        gcp_credits(r.credits) AS credit_list,
        gcp_labels(r.labels) AS label_list,
        gcp_labels(r.project_labels) AS project_label_list,
        gcp_labels(r.system_labels) AS system_label_list,
        gcp_labels(r.tags) AS tag_list,
        gcp_month(r.invoice_month) AS invoice_start,
        gcp_instant(r.usage_start_time) AS usage_start,
        gcp_instant(r.export_time) AS exported,
        coalesce(gcp_instant(r.partition_date), gcp_instant(r.export_time),
                 gcp_instant(r.usage_start_time)) AS restated,
        CASE coalesce(r.cost_type, 'regular')
            WHEN 'regular' THEN 'Usage' WHEN 'tax' THEN 'Tax' ELSE 'Adjustment'
        END AS category
    FROM ({rows}) AS r
    WHERE {wanted}
),

summed AS (
    SELECT
        *,
        coalesce(list_sum(list_transform(credit_list, lambda c: gcp_amount(c.amount))), 0) AS credit,
        gcp_pairs(label_list, project_label_list, system_label_list, tag_list) AS pairs
    FROM typed
)

SELECT
    t.location_zone AS AvailabilityZone,
    t.gross + t.credit AS BilledCost,
    t.billing_account_id AS BillingAccountId,
    'Billing account' AS BillingAccountType,
    upper(t.currency) AS BillingCurrency,
    t.invoice_start AS BillingPeriodStart,
    CAST(t.invoice_start + INTERVAL 1 MONTH AS TIMESTAMP) AS BillingPeriodEnd,
    t.category AS ChargeCategory,
    CASE WHEN t.adjustment_info_id IS NOT NULL THEN 'Correction' END AS ChargeClass,
    t.sku_description AS ChargeDescription,
    CASE WHEN t.category = 'Usage' THEN 'Usage-Based' END AS ChargeFrequency,
    t.usage_start AS ChargePeriodStart,
    gcp_instant(t.usage_end_time) AS ChargePeriodEnd,
    gcp_amount(t.usage_amount) AS ConsumedQuantity,
    t.usage_unit AS ConsumedUnit,
    t.gross AS ContractedCost,
    gcp_amount(t.price_effective_price) AS ContractedUnitPrice,
    t.gross + t.credit AS EffectiveCost,
    'Google Cloud' AS HostProviderName,
    'Google Cloud' AS InvoiceIssuerName,
    gcp_amount(t.cost_at_list) AS ListCost,
    gcp_amount(t.price_list_price) AS ListUnitPrice,
    CASE WHEN t.category = 'Usage' THEN s.pricing_category END AS PricingCategory,
    'USD' AS PricingCurrency,
    gcp_amount(t.usage_amount_in_pricing_units) AS PricingQuantity,
    t.usage_pricing_unit AS PricingUnit,
    t.location_region AS RegionId,
    t.location_location AS RegionName,
    coalesce(t.resource_global_name, t.resource_name) AS ResourceId,
    t.resource_name AS ResourceName,
    s.service_category AS ServiceCategory,
    s.service_subcategory AS ServiceSubcategory,
    t.service_description AS ServiceName,
    'Google Cloud' AS ServiceProviderName,
    t.sku_id AS SkuId,
    t.sku_description AS SkuMeter,
    '{' || nullif(concat_ws(',',
{details}
    ), '') || '}' AS SkuPriceDetails,
    t.project_id AS SubAccountId,
    t.project_name AS SubAccountName,
    CASE WHEN t.project_id IS NOT NULL THEN 'Project' END AS SubAccountType,
    gcp_object(gcp_unique(t.pairs)) AS Tags,
    'billed' AS x_CostBasis,
    'gcp' AS x_Source,
    t.batch_id AS x_IngestionBatchId,
    CAST(t.restated AS DATE) AS x_RestatementDate,
    t.exported AS x_SourceExportTime,
    t.cost_type AS x_CostType,
    t.gross AS x_GrossCost,
    CAST(t.credit AS DECIMAL(38, 12)) AS x_CreditCost,
    CASE WHEN len(t.credit_list) > 0 THEN regexp_replace(
        CASE WHEN left(t.credits, 1) = '{' THEN '[' || t.credits || ']' ELSE t.credits END,
        '("amount"\s*:\s*)"(-?[0-9][0-9.eE+-]*)"', '\1\2', 'g') END AS x_Credits,
    s.developer AS x_ModelDeveloper,
    s.family AS x_ModelFamily,
    s.model AS x_ModelId,
    s.version AS x_ModelVersion,
    s.direction AS x_TokenDirection,
    s.cache_action AS x_TokenCacheAction,
    s.cache_retention AS x_CacheRetention,
    s.tier AS x_ProcessingTier,
    s.context AS x_ContextTier,
    s.modality AS x_TokenModality,
    s.is_reasoning AS x_IsReasoning,
    s.geo AS x_InferenceGeo,
    CASE WHEN t.category = 'Usage'
        THEN CAST(gcp_amount(t.usage_amount) * s.tokens_per_unit AS DECIMAL(38, 12))
    END AS x_TokenCount,
    gcp_amount(t.currency_conversion_rate) AS x_FxRate,
    CASE WHEN t.currency_conversion_rate IS NOT NULL THEN 'bill' END AS x_FxSource,
    CASE WHEN t.currency_conversion_rate IS NOT NULL THEN CAST(t.usage_start AS DATE) END AS x_FxDate
FROM summed AS t
LEFT JOIN {skus} AS s
    ON s.service = coalesce(t.service_description, '')
    AND s.sku = coalesce(t.sku_description, '')
    AND s.unit = coalesce(t.usage_unit, '')
    AND s.consumption = coalesce(t.consumption_model_description, t.consumption_model_id, '')

-- Charges of Azure cost details. In braces: rows is one row per record, every column as text; files
-- says of each batch how its numbers and days are written and whether it is amortised; sku the call that
-- reads what a meter counts; details the members of SkuPriceDetails; blank and wanted which rows.
WITH typed AS (
    SELECT
        r.*,
        f.is_amortised,
        f.comma,
        f.day_first,
        azure_is_committed(r.pricing_model, r.reservation, r.benefit, r.charge_type) AS committed,
        lower(coalesce(r.charge_type, 'usage')) AS kind_of_charge,
        coalesce(azure_number(r.cost, f.comma), error('cost must have a value')) AS amount,
        azure_number(r.quantity, f.comma) AS units,
        coalesce(azure_date(r.day, f.day_first), error('day must have a value')) AS moment,
        azure_date(r.period_start, f.day_first) AS stated_start,
        azure_date(r.period_end, f.day_first) AS stated_end,
        {sku} AS sku
    FROM ({rows}) AS r
    JOIN ({files}) AS f USING (batch_id)
    WHERE NOT ({blank}) AND {wanted}
),

dated AS (
    SELECT
        *,
        date_trunc('day', moment) AS day_start,
        coalesce(stated_start, date_trunc('month', moment)) AS month_start,
        coalesce(account, subscription, error('SubscriptionId must have a value')) AS payer
    FROM typed
)

SELECT
    nullif(t.zone, '') AS AvailabilityZone,
    CASE WHEN t.is_amortised AND t.committed THEN 0 ELSE t.amount END::DECIMAL(38, 12) AS BilledCost,
    t.payer AS BillingAccountId,
    t.account_name AS BillingAccountName,
    CASE WHEN t.account IS NULL THEN 'Subscription' ELSE 'Billing account' END AS BillingAccountType,
    coalesce(upper(t.currency), 'XXX') AS BillingCurrency,
    CAST(t.month_start AS TIMESTAMP) AS BillingPeriodStart,
    CAST(coalesce(date_trunc('day', t.stated_end) + INTERVAL 1 DAY, t.month_start + INTERVAL 1 MONTH)
        AS TIMESTAMP) AS BillingPeriodEnd,
    CASE
        WHEN t.kind_of_charge = 'usage' OR prefix(t.kind_of_charge, 'unused') THEN 'Usage'
        WHEN t.kind_of_charge = 'purchase' THEN 'Purchase'
        WHEN t.kind_of_charge = 'refund' AND t.committed THEN 'Purchase'
        WHEN t.kind_of_charge = 'tax' THEN 'Tax'
        WHEN t.kind_of_charge = 'credit' THEN 'Credit'
        ELSE 'Adjustment'
    END AS ChargeCategory,
    CASE WHEN t.kind_of_charge = 'refund' THEN 'Correction' END AS ChargeClass,
    coalesce(t.product, t.meter, t.meter_category) AS ChargeDescription,
    CASE replace(lower(t.frequency), '-', '')
        WHEN 'usagebased' THEN 'Usage-Based' WHEN 'onetime' THEN 'One-Time'
        WHEN 'recurring' THEN 'Recurring'
        ELSE CASE WHEN t.frequency IS NULL AND t.kind_of_charge = 'usage' THEN 'Usage-Based' END
    END AS ChargeFrequency,
    CAST(t.day_start AS TIMESTAMP) AS ChargePeriodStart,
    CAST(t.day_start + INTERVAL 1 DAY AS TIMESTAMP) AS ChargePeriodEnd,
    CASE WHEN c.id IS NULL THEN NULL WHEN c.type = 'Savings Plan' THEN 'Spend' ELSE 'Usage' END
        AS CommitmentDiscountCategory,
    c.id AS CommitmentDiscountId,
    CASE WHEN c.id IS NOT NULL THEN coalesce(t.benefit_name, t.reservation_name) END
        AS CommitmentDiscountName,
    CASE
        WHEN c.id IS NULL THEN NULL
        WHEN prefix(t.kind_of_charge, 'unused') THEN 'Unused'
        WHEN t.kind_of_charge = 'usage' THEN 'Used'
    END AS CommitmentDiscountStatus,
    c.type AS CommitmentDiscountType,
    CASE WHEN t.kind_of_charge = 'usage' THEN t.units END AS ConsumedQuantity,
    CASE WHEN t.kind_of_charge = 'usage' AND t.units IS NOT NULL THEN t.unit END AS ConsumedUnit,
    azure_number(t.unit_price, t.comma) AS ContractedUnitPrice,
    CASE
        WHEN NOT t.committed OR t.is_amortised THEN t.amount
        WHEN t.kind_of_charge IN ('purchase', 'refund') THEN 0
        -- Use that a commitment covers costs nothing in the actual export: what it is worth, only
        -- the amortised one says.
        WHEN t.amount <> 0 THEN t.amount
    END::DECIMAL(38, 12) AS EffectiveCost,
    'Microsoft' AS HostProviderName,
    t.invoice AS InvoiceId,
    'Microsoft' AS InvoiceIssuerName,
    azure_number(t.list_cost, t.comma) AS ListCost,
    CASE WHEN coalesce(t.pricing_currency, t.currency) IS NOT DISTINCT FROM t.currency
        THEN azure_number(t.payg_price, t.comma) END AS ListUnitPrice,
    CASE replace(lower(t.pricing_model), ' ', '')
        WHEN 'ondemand' THEN 'Standard' WHEN 'spot' THEN 'Dynamic'
        WHEN 'reservation' THEN 'Committed' WHEN 'savingsplan' THEN 'Committed'
    END AS PricingCategory,
    upper(t.pricing_currency) AS PricingCurrency,
    CASE WHEN t.pricing_currency IS DISTINCT FROM t.currency AND t.pricing_currency IS NOT NULL
        THEN azure_number(t.payg_price, t.comma) END AS PricingCurrencyListUnitPrice,
    t.units AS PricingQuantity,
    CASE WHEN t.units IS NOT NULL THEN t.unit END AS PricingUnit,
    nullif(lower(replace(coalesce(t.resource_location, t.location), ' ', '')), '') AS RegionId,
    coalesce(t.location, t.resource_location) AS RegionName,
    p.path AS ResourceId,
    CASE WHEN p.path IS NOT NULL THEN coalesce(t.resource_name, nullif(split_part(p.path, '/', -1), ''))
    END AS ResourceName,
    CASE WHEN p.path IS NOT NULL THEN coalesce(nullif(
        regexp_extract(p.path, '(?i)/providers/([^/]+/[^/]+)/[^/]+(?:/[^/]+/[^/]+)*$', 1), ''),
        t.resource_type, t.consumed_service) END AS ResourceType,
    t.sku.service_category AS ServiceCategory,
    t.sku.service_subcategory AS ServiceSubcategory,
    coalesce(t.meter_category, t.service_name, t.consumed_service, t.product) AS ServiceName,
    CASE WHEN lower(t.publisher_type) = 'marketplace' THEN coalesce(t.publisher, 'Microsoft')
        ELSE 'Microsoft' END AS ServiceProviderName,
    coalesce(t.product_id, t.meter_id) AS SkuId,
    CASE WHEN coalesce(t.product_id, t.meter_id) IS NOT NULL THEN t.meter END AS SkuMeter,
    coalesce(t.part_number, t.meter_id) AS SkuPriceId,
    CASE WHEN coalesce(t.part_number, t.meter_id) IS NOT NULL THEN
        '{' || nullif(concat_ws(',',
{details}
        ), '') || '}' END AS SkuPriceDetails,
    t.subscription AS SubAccountId,
    t.subscription_name AS SubAccountName,
    CASE WHEN t.subscription IS NOT NULL THEN 'Subscription' END AS SubAccountType,
    CASE WHEN azure_has_tags(t.tags) THEN azure_tags(t.tags) END AS Tags,
    'billed' AS x_CostBasis,
    'azure' AS x_Source,
    t.batch_id AS x_IngestionBatchId,
    CAST(t.day_start AS DATE) AS x_RestatementDate,
    t.charge_type AS x_CostType,
    t.sku.developer AS x_ModelDeveloper,
    t.sku.family AS x_ModelFamily,
    t.sku.model AS x_ModelId,
    t.sku.version AS x_ModelVersion,
    t.sku.direction AS x_TokenDirection,
    t.sku.cache_action AS x_TokenCacheAction,
    t.sku.cache_retention AS x_CacheRetention,
    t.sku.tier AS x_ProcessingTier,
    t.sku.context AS x_ContextTier,
    t.sku.modality AS x_TokenModality,
    t.sku.is_reasoning AS x_IsReasoning,
    t.sku.geo AS x_InferenceGeo,
    CASE WHEN t.kind_of_charge = 'usage'
        THEN CAST(t.units * t.sku.tokens_per_unit AS DECIMAL(38, 12)) END AS x_TokenCount,
    t.cost_center AS x_CostCenter,
    CASE WHEN t.pricing_currency IS NOT NULL THEN azure_number(t.exchange_rate, t.comma) END AS x_FxRate,
    CASE WHEN t.pricing_currency IS NOT NULL AND t.exchange_rate IS NOT NULL THEN 'bill' END
        AS x_FxSource,
    CASE WHEN t.pricing_currency IS NOT NULL AND t.exchange_rate IS NOT NULL
        THEN CAST(coalesce(azure_day(t.exchange_date, t.day_first), t.day_start) AS DATE) END AS x_FxDate
FROM dated AS t,
    LATERAL (SELECT CASE WHEN t.committed THEN coalesce(t.benefit, t.reservation, t.order_id) END AS id,
        CASE WHEN NOT t.committed OR coalesce(t.benefit, t.reservation, t.order_id) IS NULL THEN NULL
            WHEN replace(lower(t.pricing_model), ' ', '') = 'savingsplan'
                OR contains(t.kind_of_charge, 'savingsplan') THEN 'Savings Plan'
            ELSE 'Reservation' END AS type) AS c,
    LATERAL (SELECT coalesce(t.resource,
        CASE WHEN prefix(t.instance_name, '/') THEN t.instance_name END) AS path) AS p

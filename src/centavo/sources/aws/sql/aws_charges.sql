-- Charges of the lines of a Cost and Usage Report. In braces: rows is one row per line, every field
-- as text; required the fields that a line must have; meaning reads a line of Bedrock; ai says whether it is one; note counts a line type that
-- is not known; services says what each service is; details the members of SkuPriceDetails; tags the
-- pairs of Tags; models the columns that a line of Bedrock fills.
WITH typed AS (
    SELECT
        r.* REPLACE (
            {required},
            aws_amount(r.usage_amount) AS usage_amount,
            aws_amount(r.rate) AS rate,
            aws_amount(r.list_cost) AS list_cost,
            aws_amount(r.list_rate) AS list_rate,
            aws_amount(r.net_cost) AS net_cost,
            aws_amount(r.net_rate) AS net_rate,
            aws_amount(r.reservation_cost) AS reservation_cost,
            aws_amount(r.unused_upfront) AS unused_upfront,
            aws_amount(r.unused_recurring) AS unused_recurring,
            aws_amount(r.unused_quantity) AS unused_quantity,
            aws_amount(r.plan_cost) AS plan_cost,
            aws_amount(r.plan_total) AS plan_total,
            aws_amount(r.plan_used) AS plan_used,
            aws_instant(r.period_end) AS period_end,
            aws_instant(r.usage_end) AS usage_end
        ),
        r.rate AS rate_text,
        coalesce(r.product_name, r.service_name, r.product_code) AS service,
        -- Beside a plain line only these may belong to a reservation: CUR writes a subscription id
        -- on most usage.
        CASE WHEN r.line_type IN ('DiscountedUsage', 'RIFee')
            THEN coalesce(r.reservation, r.subscription) ELSE r.reservation END AS reservation_id,
        CASE
            WHEN r.line_type IN ('Usage', 'DiscountedUsage', 'SavingsPlanCoveredUsage') THEN 'usage'
            WHEN r.line_type IN ('SavingsPlanNegation', 'EdpDiscount', 'PrivateRateDiscount',
                'BundledDiscount', 'Discount', 'SppDiscount', 'DistributorDiscount') THEN 'offset'
            WHEN r.line_type IN ('Fee', 'RIFee', 'SavingsPlanUpfrontFee', 'SavingsPlanRecurringFee')
                THEN 'fee'
            WHEN r.line_type = 'Tax' THEN 'tax'
            WHEN r.line_type = 'Credit' THEN 'credit'
            WHEN r.line_type IN ('Refund', 'AdjustmentFee') THEN 'adjustment'
            ELSE {note}
        END AS role
    FROM ({rows}) AS r
),

committed AS (
    SELECT
        *,
        CASE
            WHEN plan IS NOT NULL AND (role = 'fee' OR line_type = 'SavingsPlanCoveredUsage')
                THEN 'Savings Plan'
            WHEN reservation_id IS NOT NULL AND (role = 'fee' OR line_type = 'DiscountedUsage')
                THEN 'Reserved Instance'
        END AS discount_type,
        -- What the line cost once upfront and recurring fees are spread over what they bought.
        CASE line_type
            WHEN 'SavingsPlanCoveredUsage' THEN coalesce(plan_cost, cost)
            WHEN 'SavingsPlanNegation' THEN 0
            WHEN 'SavingsPlanUpfrontFee' THEN 0
            WHEN 'SavingsPlanRecurringFee'
                THEN coalesce(CAST(plan_total - plan_used AS DECIMAL(38, 12)), cost)
            WHEN 'DiscountedUsage' THEN coalesce(reservation_cost, cost)
            WHEN 'RIFee' THEN CASE WHEN unused_upfront IS NULL AND unused_recurring IS NULL THEN cost
                ELSE CAST(coalesce(unused_upfront, 0) + coalesce(unused_recurring, 0)
                          AS DECIMAL(38, 12)) END
            WHEN 'Fee' THEN CASE WHEN reservation_id IS NOT NULL THEN 0 ELSE cost END
            ELSE cost
        END AS effective,
        {ai} AS is_bedrock,
        CASE WHEN usage_type IS NOT NULL AND {ai} THEN {meaning} END AS ai,
        -- Bedrock sells its own capacity for a term: ...-ProvisionedThroughput-OneMonthCommit-...,
        -- ..._Reserved_1Month_InputTPM_Geo. Without a term it commits to nothing.
        nullif(lower(regexp_extract(usage_type,
            '(?i)(?:ProvisionedThroughput|Reserved)[-_]?((?:\d+|One|Three|Six)[-_]?Months?)', 1)), '')
            AS capacity_term
    FROM typed
),

decided AS (
    SELECT
        *,
        coalesce(discount_type, CASE WHEN ai.tier = 'provisioned' AND capacity_term IS NOT NULL
            AND resource IS NOT NULL THEN 'Provisioned Throughput' END) AS commitment_type,
        CASE WHEN discount_type = 'Savings Plan' THEN plan
             WHEN discount_type = 'Reserved Instance' THEN reservation_id
             WHEN ai.tier = 'provisioned' AND capacity_term IS NOT NULL THEN resource
        END AS commitment_id
    FROM committed
)

SELECT
    CASE WHEN regexp_matches(t.zone, '\d[a-z]$') THEN t.zone END AS AvailabilityZone,
    t.cost AS BilledCost,
    t.payer AS BillingAccountId,
    t.payer_name AS BillingAccountName,
    'Payer account' AS BillingAccountType,
    upper(t.currency) AS BillingCurrency,
    t.period_end AS BillingPeriodEnd,
    t.period_start AS BillingPeriodStart,
    t.capacity_id AS CapacityReservationId,
    CASE WHEN t.capacity_status IN ('Used', 'Unused') THEN t.capacity_status END
        AS CapacityReservationStatus,
    CASE t.role
        WHEN 'usage' THEN 'Usage'
        WHEN 'offset' THEN 'Usage'
        WHEN 'fee' THEN 'Purchase'
        WHEN 'tax' THEN 'Tax'
        WHEN 'credit' THEN 'Credit'
        ELSE 'Adjustment'
    END AS ChargeCategory,
    t.description AS ChargeDescription,
    CASE
        WHEN t.role IN ('usage', 'offset') THEN 'Usage-Based'
        WHEN t.line_type IN ('RIFee', 'SavingsPlanRecurringFee') THEN 'Recurring'
        ELSE 'One-Time'
    END AS ChargeFrequency,
    t.usage_start AS ChargePeriodStart,
    t.usage_end AS ChargePeriodEnd,
    CASE WHEN t.commitment_id IS NOT NULL THEN
        CASE WHEN t.commitment_type = 'Savings Plan' THEN 'Spend' ELSE 'Usage' END
    END AS CommitmentDiscountCategory,
    t.commitment_id AS CommitmentDiscountId,
    CASE WHEN t.commitment_id IS NOT NULL THEN t.commitment_type END AS CommitmentDiscountType,
    CASE
        WHEN t.commitment_id IS NULL THEN NULL
        WHEN t.role = 'usage' THEN 'Used'
        WHEN t.line_type IN ('RIFee', 'SavingsPlanRecurringFee') AND t.effective > 0 THEN 'Unused'
    END AS CommitmentDiscountStatus,
    CASE
        WHEN t.commitment_id IS NULL THEN NULL
        WHEN t.line_type = 'SavingsPlanCoveredUsage' THEN t.plan_cost
        WHEN t.line_type = 'SavingsPlanRecurringFee' THEN nullif(t.effective, 0)
        WHEN t.line_type = 'RIFee' THEN nullif(t.unused_quantity, 0)
        WHEN t.role = 'usage' THEN t.usage_amount
    END AS CommitmentDiscountQuantity,
    CASE
        WHEN t.commitment_id IS NULL OR t.line_type IN ('Fee', 'SavingsPlanUpfrontFee') THEN NULL
        WHEN t.commitment_type = 'Savings Plan' THEN upper(t.currency)
        ELSE t.unit
    END AS CommitmentDiscountUnit,
    CASE WHEN t.role = 'usage' THEN t.usage_amount END AS ConsumedQuantity,
    CASE WHEN t.role = 'usage' AND t.usage_amount IS NOT NULL THEN t.unit END AS ConsumedUnit,
    CASE WHEN t.commitment_id IS NOT NULL AND t.role IN ('usage', 'fee') THEN
        '{"Elements":[{' || concat_ws(',',
            '"ContractId":' || CAST(to_json(t.commitment_id) AS VARCHAR),
            '"ContractCommitmentId":' || CAST(to_json(t.commitment_id) AS VARCHAR),
            '"ContractCommitmentAppliedCost":' || aws_number(t.effective),
            '"x_ContractCommitmentType":' || CAST(to_json(t.commitment_type) AS VARCHAR),
            '"x_ContractCommitmentOffer":' || CAST(to_json(
                coalesce(t.plan_type, t.offering_class)) AS VARCHAR),
            '"x_ContractCommitmentPaymentModel":' || CAST(to_json(
                coalesce(t.plan_payment, t.purchase_option)) AS VARCHAR),
            '"x_ContractCommitmentDuration":' || CAST(to_json(
                coalesce(t.plan_term, t.lease_length, t.capacity_term)) AS VARCHAR),
            '"x_ContractCommitmentPeriodStart":' || CAST(to_json(
                coalesce(t.plan_start, t.reservation_start)) AS VARCHAR),
            '"x_ContractCommitmentPeriodEnd":' || CAST(to_json(
                coalesce(t.plan_end, t.reservation_end)) AS VARCHAR)
        ) || '}]}'
    END AS ContractApplied,
    CASE
        WHEN t.line_type = 'SavingsPlanNegation' THEN 0
        WHEN t.line_type = 'DiscountedUsage' THEN t.list_cost
        ELSE t.cost
    END AS ContractedCost,
    CASE
        WHEN t.line_type = 'DiscountedUsage' THEN t.list_rate
        WHEN t.role = 'usage' THEN t.rate
    END AS ContractedUnitPrice,
    t.effective AS EffectiveCost,
    'AWS' AS HostProviderName,
    t.invoice AS InvoiceId,
    t.invoicing_entity AS InvoiceIssuerName,
    t.list_cost AS ListCost,
    CASE WHEN t.role = 'usage' THEN t.list_rate END AS ListUnitPrice,
    CASE
        WHEN t.role <> 'usage' THEN NULL
        WHEN t.commitment_id IS NOT NULL OR t.line_type <> 'Usage' THEN 'Committed'
        WHEN contains(t.usage_type, 'SpotUsage') OR t.term = 'Spot' THEN 'Dynamic'
        ELSE 'Standard'
    END AS PricingCategory,
    upper(coalesce(t.pricing_currency, t.currency)) AS PricingCurrency,
    CASE WHEN t.role IN ('usage', 'fee') THEN t.usage_amount END AS PricingQuantity,
    CASE WHEN t.role IN ('usage', 'fee') THEN t.unit END AS PricingUnit,
    coalesce(t.region_code, t.region) AS RegionId,
    t.location AS RegionName,
    t.resource AS ResourceId,
    coalesce(s.category, CASE WHEN t.is_bedrock THEN 'AI and Machine Learning' ELSE 'Other' END)
        AS ServiceCategory,
    coalesce(s.subcategory, CASE WHEN t.is_bedrock THEN 'Generative AI' ELSE 'Other (Other)' END)
        AS ServiceSubcategory,
    t.service AS ServiceName,
    'AWS' AS ServiceProviderName,
    t.sku AS SkuId,
    t.usage_type AS SkuMeter,
    '{' || nullif(concat_ws(',',
{details}
    ), '') || '}' AS SkuPriceDetails,
    t.rate_code AS SkuPriceId,
    t.account AS SubAccountId,
    t.account_name AS SubAccountName,
    CASE WHEN t.account IS NOT NULL THEN 'Account' END AS SubAccountType,
    aws_object({tags}) AS Tags,
    'billed' AS x_CostBasis,
    'aws' AS x_Source,
    t.batch_id AS x_IngestionBatchId,
    CAST(t.period_start AS DATE) AS x_RestatementDate,
    t.line_type AS x_CostType,
    CASE WHEN t.role = 'credit' THEN CAST(0 AS DECIMAL(38, 12)) END AS x_GrossCost,
    CASE WHEN t.role = 'credit' THEN t.cost END AS x_CreditCost,
    CASE WHEN t.role = 'credit' THEN '[{' || concat_ws(',',
        '"name":' || CAST(to_json(t.description) AS VARCHAR),
        '"amount":' || aws_number(t.cost)) || '}]'
    END AS x_Credits,
{models},
    CASE WHEN t.role = 'usage'
        THEN CAST(t.usage_amount * t.ai.tokens_per_unit AS DECIMAL(38, 12))
    END AS x_TokenCount
FROM decided AS t
LEFT JOIN (VALUES
{services}
) AS s(code, category, subcategory) ON s.code = lower(t.product_code)

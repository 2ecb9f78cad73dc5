-- What billed charges say of commitments: by commitment and currency, what was bought, used and left.
-- A charge belongs to the commitment discount of its columns; elements of ContractApplied that name
-- another commitment count there, with what they apply to it. A sum of two units is none.
WITH bills AS (
  SELECT
    CommitmentDiscountId, CommitmentDiscountName, CommitmentDiscountType, CommitmentDiscountCategory,
    CommitmentDiscountStatus, CommitmentDiscountQuantity, CommitmentDiscountUnit,
    BillingCurrency, BilledCost, EffectiveCost, ChargeCategory, ChargePeriodStart, ChargePeriodEnd,
    coalesce(ServiceProviderName, HostProviderName) AS provider, InvoiceIssuerName AS issuer,
    CASE WHEN json_valid(ContractApplied) THEN TRY_CAST(json_extract(ContractApplied, '$.Elements') AS JSON[]) END AS elements
  FROM charges
  WHERE x_CostBasis = 'billed' AND (CommitmentDiscountId IS NOT NULL OR ContractApplied IS NOT NULL) AND {within}
),
applied AS (
  SELECT
    bills.* EXCLUDE (elements),
    element ->> '$.ContractCommitmentId' AS commitment_id,
    element ->> '$.ContractId' AS contract_id,
    TRY_CAST(element ->> '$.ContractCommitmentAppliedCost' AS DECIMAL(38,12)) AS applied_cost,
    TRY_CAST(element ->> '$.ContractCommitmentAppliedQuantity' AS DECIMAL(38,12)) AS applied_quantity,
    element ->> '$.ContractCommitmentAppliedUnit' AS applied_unit,
    element ->> '$.x_ContractCommitmentType' AS stated_type,
    element ->> '$.x_ContractCommitmentOffer' AS offer,
    element ->> '$.x_ContractCommitmentPaymentModel' AS payment_model,
    element ->> '$.x_ContractCommitmentDuration' AS duration,
    TRY_CAST(TRY_CAST(element ->> '$.x_ContractCommitmentPeriodStart' AS TIMESTAMPTZ) AS TIMESTAMP) AS period_start,
    TRY_CAST(TRY_CAST(element ->> '$.x_ContractCommitmentPeriodEnd' AS TIMESTAMPTZ) AS TIMESTAMP) AS period_end
  FROM (SELECT *, unnest(elements) AS element FROM bills) AS bills
),
parts AS (
  SELECT
    CommitmentDiscountId AS commitment_id, BillingCurrency AS currency, provider, issuer,
    CommitmentDiscountName AS name, CommitmentDiscountType AS type, CommitmentDiscountCategory AS category,
    CASE WHEN ChargeCategory = 'Purchase' THEN BilledCost END AS purchased,
    CASE WHEN CommitmentDiscountStatus = 'Used' THEN EffectiveCost END AS used,
    CASE WHEN CommitmentDiscountStatus = 'Unused' THEN EffectiveCost END AS unused,
    CASE WHEN CommitmentDiscountStatus = 'Used' THEN CommitmentDiscountQuantity END AS used_quantity,
    CASE WHEN CommitmentDiscountStatus = 'Unused' THEN CommitmentDiscountQuantity END AS unused_quantity,
    CASE WHEN CommitmentDiscountStatus IS NOT NULL THEN CommitmentDiscountUnit END AS unit,
    CommitmentDiscountStatus IS NOT NULL AS has_status,
    1 AS charges, ChargePeriodStart AS first_time, coalesce(ChargePeriodEnd, ChargePeriodStart) AS last_time
  FROM bills
  WHERE CommitmentDiscountId IS NOT NULL
  UNION ALL BY NAME
  SELECT
    commitment_id, BillingCurrency AS currency, provider, issuer,
    applied_cost AS used, applied_quantity AS used_quantity, applied_unit AS unit, false AS has_status,
    1 AS charges, ChargePeriodStart AS first_time, coalesce(ChargePeriodEnd, ChargePeriodStart) AS last_time
  FROM applied
  WHERE commitment_id IS NOT NULL AND commitment_id IS DISTINCT FROM CommitmentDiscountId
),
terms AS (
  SELECT
    commitment_id, max(contract_id) AS contract_id, max(stated_type) AS stated_type, max(offer) AS offer,
    max(payment_model) AS payment_model, max(duration) AS duration,
    min(period_start) AS period_start, max(period_end) AS period_end
  FROM applied GROUP BY ALL
)
SELECT
  commitment_id, currency,
  max(provider) AS provider, max(issuer) AS issuer, max(name) AS name,
  coalesce(max(type), any_value(stated_type)) AS type, max(category) AS category,
  any_value(contract_id) AS contract_id, any_value(offer) AS offer, any_value(payment_model) AS payment_model,
  any_value(duration) AS duration, any_value(period_start) AS period_start, any_value(period_end) AS period_end,
  sum(purchased)::DECIMAL(38,12) AS purchased_cost,
  CASE WHEN bool_or(has_status) THEN coalesce(sum(used), 0) ELSE sum(used) END::DECIMAL(38,12) AS used_cost,
  CASE WHEN bool_or(has_status) THEN coalesce(sum(unused), 0) END::DECIMAL(38,12) AS unused_cost,
  CASE WHEN count(DISTINCT unit) = 1 THEN sum(used_quantity) END::DECIMAL(38,12) AS used_quantity,
  CASE WHEN count(DISTINCT unit) = 1 THEN sum(unused_quantity) END::DECIMAL(38,12) AS unused_quantity,
  CASE WHEN count(DISTINCT unit) = 1 THEN max(unit) END AS unit,
  sum(charges)::BIGINT AS charges,
  min(first_time)::DATE::VARCHAR AS first_day,
  max(last_time)::DATE::VARCHAR AS last_day
FROM parts LEFT JOIN terms USING (commitment_id)
GROUP BY commitment_id, currency

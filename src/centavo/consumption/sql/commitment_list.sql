-- Commitments of contracts and those that only charges speak of, the largest unused cost first.
-- A contract has one row for each term; charges belong to the term that their first day lies in, else
-- to the latest.
WITH terms AS (
  SELECT
    *,
    ContractCommitmentPeriodStart AS begins,
    coalesce(lead(ContractCommitmentPeriodStart) OVER (
      PARTITION BY ContractCommitmentId ORDER BY ContractCommitmentPeriodStart), TIMESTAMP '9999-01-01') AS next_begins,
    row_number() OVER (PARTITION BY ContractCommitmentId ORDER BY ContractCommitmentPeriodStart) AS number
  FROM contract_commitments
)
SELECT
  coalesce(terms.ContractCommitmentId, charged.commitment_id),
  terms.ContractCommitmentId IS NOT NULL,
  coalesce(terms.ServiceProviderName, charged.provider),
  coalesce(terms.ContractCommitmentDescription, charged.name),
  coalesce(terms.ContractCommitmentType, charged.type),
  coalesce(terms.ContractCommitmentCategory, charged.category),
  coalesce(charged.currency, terms.BillingCurrency),
  strftime(coalesce(terms.ContractCommitmentPeriodStart, charged.period_start), '%Y-%m-%d'),
  strftime(coalesce(terms.ContractCommitmentPeriodEnd, charged.period_end), '%Y-%m-%d'),
  CASE WHEN charged.currency IS NULL OR charged.currency = terms.BillingCurrency THEN terms.ContractCommitmentCost END,
  terms.ContractCommitmentQuantity,
  purchased_cost, used_cost, unused_cost, used_quantity, unused_quantity,
  coalesce(unit, terms.ContractCommitmentUnit),
  coalesce(charges, 0), first_day, last_day
FROM terms FULL JOIN charged_commitments AS charged
  ON charged.commitment_id = terms.ContractCommitmentId
  AND (charged.first_day::TIMESTAMP >= begins OR number = 1) AND charged.first_day::TIMESTAMP < next_begins
ORDER BY unused_cost DESC NULLS LAST, used_cost DESC NULLS LAST, 1, 7

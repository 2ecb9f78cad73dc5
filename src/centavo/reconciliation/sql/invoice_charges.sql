-- Billed charges by issuer, invoice, billing period and currency. A charge that names no issuer
-- belongs to the one issuer whose invoice has its id; else to its provider.
CREATE OR REPLACE TEMP TABLE reconcile_invoice_charges AS
WITH summed AS (
  SELECT
    coalesce(InvoiceIssuerName, ServiceProviderName) AS issuer,
    InvoiceIssuerName IS NOT NULL AS names_issuer,
    nullif(trim(InvoiceId), '') AS invoice_id,
    BillingPeriodStart,
    BillingCurrency AS currency,
    count(*)::BIGINT AS charges,
    sum(BilledCost)::DECIMAL(38,12) AS charged,
    coalesce(sum(BilledCost) FILTER (ChargeCategory = 'Tax'), 0)::DECIMAL(38,12) AS charged_tax
  FROM charges
  WHERE x_CostBasis = 'billed'
  GROUP BY ALL
),
issuers AS (
  SELECT trim(InvoiceId) AS invoice_id, any_value(issuer_id) AS issuer_id
  FROM invoice_details JOIN reconcile_issuers ON spelled_issuer = InvoiceIssuerName
  GROUP BY ALL HAVING count(DISTINCT issuer_id) = 1
)
SELECT
  summed.*,
  CASE WHEN names_issuer THEN named.issuer_id ELSE coalesce(issuers.issuer_id, named.issuer_id) END AS issuer_id
FROM summed
JOIN reconcile_issuers AS named ON named.spelled_issuer IS NOT DISTINCT FROM summed.issuer
LEFT JOIN issuers ON issuers.invoice_id = summed.invoice_id

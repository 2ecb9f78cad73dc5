-- Charges and invoice lines side by side, by issuer, invoice and currency.
WITH lined AS (
  SELECT
    issuer_id, trim(InvoiceId) AS invoice_id, upper(BillingCurrency) AS currency,
    any_value(InvoiceIssuerName) AS issuer,
    list(DISTINCT BillingPeriodStart) AS starts,
    count(*)::BIGINT AS line_count,
    sum(BilledCost)::DECIMAL(38,12) AS invoiced,
    coalesce(sum(BilledCost) FILTER (ChargeCategory = 'Tax'), 0)::DECIMAL(38,12) AS invoiced_tax,
    CASE
      WHEN bool_or(lower(InvoiceIssueStatus) = 'open') THEN 'Open'
      WHEN bool_or(lower(InvoiceIssueStatus) = 'voided') THEN 'Voided'
      WHEN bool_or(lower(InvoiceIssueStatus) = 'issued') THEN 'Issued'
      ELSE any_value(InvoiceIssueStatus)
    END AS issue_status
  FROM invoice_details JOIN reconcile_issuers ON spelled_issuer = InvoiceIssuerName
  GROUP BY ALL
),
charged AS (
  SELECT
    issuer_id, invoice_id, upper(currency) AS currency,
    any_value(issuer) AS issuer,
    list(DISTINCT BillingPeriodStart) AS starts,
    sum(charges)::BIGINT AS charges,
    sum(charged)::DECIMAL(38,12) AS charged,
    sum(charged_tax)::DECIMAL(38,12) AS charged_tax
  FROM reconcile_invoice_charges
  WHERE invoice_id IS NOT NULL
  GROUP BY issuer_id, invoice_id, upper(currency)
)
SELECT
  issuer_id, invoice_id, currency,
  coalesce(lined.issuer, charged.issuer),
  array_to_string(list_sort(list_distinct(list_concat(coalesce(lined.starts, []), coalesce(charged.starts, [])))), ','),
  charged, coalesce(charges, 0), invoiced, coalesce(line_count, 0),
  (coalesce(charged_tax, 0) - coalesce(invoiced_tax, 0))::DECIMAL(38,12),
  issue_status
FROM lined FULL JOIN charged USING (issuer_id, invoice_id, currency)
ORDER BY issuer_id, invoice_id, currency

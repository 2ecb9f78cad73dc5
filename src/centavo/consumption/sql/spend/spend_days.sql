-- All spend once, by the best evidence of each provider: its bill, else its own usage report, else
-- what was metered. A provider's bill counts for its models when it shows any. "amount" and
-- "gross_amount" (before credits) are in "unit": {unit} where a rate is known, else the row's currency.
SELECT
  * EXCLUDE (fx_rate, pricing_currency, unit_rate, own_rate),
  CASE WHEN own_rate IS NULL THEN currency ELSE {unit} END AS unit,
  {amount} AS amount,
  {gross_amount} AS gross_amount
FROM (
  SELECT
    *,
    CASE WHEN currency = {unit} THEN 1
      WHEN fx_rate > 0 AND pricing_currency = {unit} THEN fx_rate
      ELSE unit_rate END AS own_rate
  FROM (
    SELECT
      day, 'billed' AS grade, provider, currency, pricing_currency, fx_rate, account, project,
      application, environment, team, cost_center, endpoint, feature, customer, api_key, model,
      service, category, cost_type, is_tagged, is_late, cost, gross, row_count, requests
    FROM bill_days
    WHERE basis = 'billed'
      OR (basis = 'vendor_reported' AND provider NOT IN (
        SELECT provider FROM bill_days
        WHERE basis = 'billed' AND (model IS NOT NULL OR category = 'Usage')))
    UNION ALL BY NAME
    SELECT
      day, CASE WHEN is_counted THEN 'estimated' ELSE 'metered' END AS grade, provider, currency,
      account, project, application, environment, team, cost_center, endpoint, feature, customer,
      api_key, model, provider AS service, 'Usage' AS category, false AS is_tagged, is_late,
      cost, cost AS gross, requests AS row_count, requests
    FROM call_hours
    WHERE cost IS NOT NULL
      AND provider NOT IN (SELECT provider FROM bill_days WHERE model IS NOT NULL)
  )
  LEFT JOIN unit_rates USING (currency)
)

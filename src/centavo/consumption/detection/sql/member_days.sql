-- Each member of a place by day, where it cost something on a week's days or more: resources of bills
-- (before credits, in {unit} where a rate is known) and keys of metered requests. Preliminary days are left out.
WITH members AS (
  SELECT
    ChargePeriodStart::DATE AS day,
    CASE WHEN BillingCurrency = {unit} OR unit_rate IS NOT NULL THEN {unit} ELSE BillingCurrency END AS unit,
    x_Application AS application, x_Environment AS environment,
    coalesce(x_Project, SubAccountId) AS project, BillingAccountId AS account,
    coalesce(x_ModelId, x_ModelFamily) AS model, ServiceName AS service,
    'resource' AS kind, ResourceId AS member, 'billed' AS grade,
    decimal_div(coalesce(x_GrossCost, BilledCost), coalesce(unit_rate, 1)) AS cost
  FROM charges
  LEFT JOIN unit_rates ON unit_rates.currency = BillingCurrency AND BillingCurrency <> {unit}
  LEFT JOIN settled ON settled.source = x_Source AND settled.account = BillingAccountId
  WHERE ResourceId IS NOT NULL AND x_CostBasis = 'billed' AND ({billed})
    AND ChargePeriodStart < coalesce(settled.settled_until, TIMESTAMP '9999-01-01')
    AND coalesce(ChargeCategory, 'Usage') = 'Usage'
  UNION ALL BY NAME
  SELECT
    day,
    CASE WHEN call_hours.currency = {unit} OR unit_rate IS NOT NULL THEN {unit}
      ELSE call_hours.currency END AS unit,
    application, environment, project, account, model, provider AS service,
    'api_key' AS kind, api_key AS member, CASE WHEN is_counted THEN 'estimated' ELSE 'metered' END AS grade,
    decimal_div(cost, coalesce(unit_rate, 1)) AS cost
  FROM call_hours
  LEFT JOIN unit_rates ON unit_rates.currency = call_hours.currency AND call_hours.currency <> {unit}
  WHERE api_key IS NOT NULL AND cost IS NOT NULL AND NOT is_late
    AND provider NOT IN (SELECT provider FROM bill_days WHERE model IS NOT NULL)
), placed AS (
  SELECT
    unit,
    application,
    CASE WHEN application IS NOT NULL THEN environment END AS environment,
    CASE WHEN application IS NULL THEN project END AS project,
    CASE WHEN application IS NULL AND project IS NULL THEN account END AS account,
    model,
    CASE WHEN model IS NULL THEN service END AS service,
    kind, member, day,
    min(grade) AS grade,
    sum(cost)::DECIMAL(38,12) AS cost
  FROM members
  GROUP BY ALL
  HAVING sum(cost) > 0
)
SELECT *
FROM placed
QUALIFY count(*) OVER (
  PARTITION BY unit, application, environment, project, account, model, service, kind, member
) >= {run_days}
ORDER BY unit, application, environment, project, account, model, service, kind, member, day

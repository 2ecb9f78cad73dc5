-- Spend by day and everything that a budget can name, in its own currency and in that of the floor.
SELECT
  day, is_late, provider, account, project, application, environment, endpoint, team, cost_center, feature,
  customer, model, api_key, currency, unit,
  sum(cost)::DECIMAL(38,12) AS cost,
  sum(amount)::DECIMAL(38,12) AS amount
FROM spend_days
WHERE cost IS NOT NULL
GROUP BY ALL
ORDER BY ALL

-- Spend of the last thirty days by what a budget or a quota can name.
SELECT
  provider, account, project, application, environment, endpoint, team, cost_center, feature, customer,
  model, api_key, {unit} AS currency, grade,
  sum({amount})::DECIMAL(38,12) AS cost,
  sum(requests)::BIGINT AS requests
FROM {table}
WHERE day >= DATE '{recent}' AND cost IS NOT NULL AND {condition}
GROUP BY ALL
HAVING sum({amount}) > 0
ORDER BY cost DESC

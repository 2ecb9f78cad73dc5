-- Requests and their cost by scope, day and currency.
SELECT
  {scope}
  started_at::DATE AS day,
  cost_currency AS currency,
  {requests}::BIGINT AS requests,
  sum(cost)::DECIMAL(38,12) AS cost
FROM {relation}
WHERE cost IS NOT NULL
GROUP BY ALL

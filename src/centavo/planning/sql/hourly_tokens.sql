-- Tokens and cost of each hour that has requests; the hours between are added in Python.
SELECT
  date_trunc('hour', charged_at) AS hour,
  currency,
  sum(output_tokens) AS output_tokens,
  sum(input_tokens) AS input_tokens,
  sum(cost) AS cost,
  count(*) AS requests
FROM ({rows})
WHERE {within} AND output_tokens IS NOT NULL
GROUP BY ALL
ORDER BY ALL

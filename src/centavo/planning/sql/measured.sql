-- What each component measured, by day and currency. A row belongs to the first component whose meter
-- fits it, so that nothing counts twice; what fits none is named for a reader.
WITH measured AS (
  SELECT
    *,
    CASE {components} END AS component
  FROM ({rows})
  WHERE {within}
)

SELECT
  component,
  CASE WHEN component IS NULL THEN coalesce(application, service, model, 'unknown') END AS name,
  charged_at::DATE AS day,
  currency,
  unit,
  sum(cost) AS cost,
  sum(quantity) AS quantity,
  sum(requests) AS requests,
  sum(input_tokens) AS input_tokens,
  sum(output_tokens) AS output_tokens,
  sum(microseconds) AS microseconds,
  count(*) AS row_count,
  count(quantity) AS quantity_rows,
  count(requests) AS request_rows,
  count(input_tokens) AS input_rows,
  count(output_tokens) AS output_rows,
  count(microseconds) AS hour_rows
FROM measured
GROUP BY ALL
ORDER BY ALL

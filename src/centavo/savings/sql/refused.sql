-- Changed requests that have no price as changed, or one in another currency, and why.
SELECT
  request_no,
  min(CASE
    WHEN cost IS NULL THEN 'no price as changed (' || coalesce(price_problem, 'unknown') || ')'
    ELSE 'its price would be in ' || cost_currency || ', not ' || was_currency
  END) AS reason
FROM read_parquet({path})
WHERE cost IS NULL OR cost_currency IS DISTINCT FROM was_currency
GROUP BY request_no

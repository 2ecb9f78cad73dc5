-- Cost and size of each cluster; grades and currencies stay apart.
SELECT
  {keys}cluster_id, grade, currency,
  count(*)::BIGINT AS calls,
  count(*) FILTER (cost IS NULL)::BIGINT AS unpriced_calls,
  sum(cost)::DECIMAL(38,12) AS cost
FROM grouped_calls JOIN call_clusters USING (call)
GROUP BY ALL
ORDER BY ALL

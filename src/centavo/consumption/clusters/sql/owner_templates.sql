-- Of the calls of each unlabelled owner that follow a template: whose the labelled calls of it are.
WITH labelled AS (
  SELECT cluster_id, application, count(*) AS calls,
    sum(count(*)) OVER (PARTITION BY cluster_id) AS of_cluster
  FROM grouped_calls JOIN call_clusters USING (call)
  WHERE starts_with(cluster_id, 't') AND application IS NOT NULL
  GROUP BY cluster_id, application
),
unlabelled AS (
  SELECT owner, cluster_id, count(*) AS calls
  FROM call_owners JOIN call_clusters USING (call)
  WHERE json_extract_string(owner, '$.application') IS NULL AND starts_with(cluster_id, 't')
  GROUP BY ALL
)
SELECT
  owner, application,
  sum(unlabelled.calls)::BIGINT AS calls,
  sum(unlabelled.calls * labelled.calls / of_cluster)::DOUBLE AS expected,
  sum(labelled.calls)::BIGINT AS labelled_calls
FROM unlabelled JOIN labelled USING (cluster_id)
GROUP BY ALL
ORDER BY owner, expected DESC, application

-- How many calls were grouped, by what, and how many were not.
SELECT
  count(*),
  count(*) FILTER (body_hash IN (SELECT body_hash FROM body_openings)),
  count(*) FILTER (starts_with(cluster_id, 't')),
  count(*) FILTER (starts_with(cluster_id, 's')),
  count(*) FILTER (cluster_id IS NULL AND NOT coalesce(has_shape, false)),
  count(*) FILTER (cluster_id IS NULL AND has_shape)
FROM grouped_calls JOIN call_clusters USING (call)

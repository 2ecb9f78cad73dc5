-- What a person asks of a cluster: lengths, caches, hours, first and last call, and whose calls it holds.
SELECT
  cluster_id,
  count(*)::BIGINT AS calls,
  count(application)::BIGINT AS labelled_calls,
  count(body_hash)::BIGINT AS calls_with_body,
  count(DISTINCT coalesce(application, '')) FILTER (application IS NOT NULL)::BIGINT AS applications,
  mode(application) AS application,
  count(DISTINCT model)::BIGINT AS models,
  mode(model) AS model,
  quantile_disc(input_tokens, 0.1)::BIGINT AS input_p10,
  quantile_disc(input_tokens, 0.5)::BIGINT AS input_p50,
  quantile_disc(input_tokens, 0.9)::BIGINT AS input_p90,
  quantile_disc(output_tokens, 0.1)::BIGINT AS output_p10,
  quantile_disc(output_tokens, 0.5)::BIGINT AS output_p50,
  quantile_disc(output_tokens, 0.9)::BIGINT AS output_p90,
  sum(input_tokens)::HUGEINT AS input_tokens,
  sum(cache_read_tokens)::HUGEINT AS cache_read_tokens,
  sum(output_tokens)::HUGEINT AS output_tokens,
  min(started_at) AS first_call,
  max(started_at) AS last_call,
  histogram(hour(started_at)) AS hours,
  count(*) FILTER (isodow(started_at) > 5)::BIGINT AS weekend_calls
FROM grouped_calls JOIN call_clusters USING (call)
WHERE cluster_id IS NOT NULL
GROUP BY ALL
ORDER BY ALL

-- Each call once, with what it can be grouped by, who it is known to belong to, and what it cost.
SELECT
  row_number() OVER () AS call,
  started_at,
  project, application, endpoint, feature, use_case, environment, team, cost_center,
  customer_id AS customer,
  account_id AS account,
  api_key_id AS api_key,
  source,
  inference_geo AS region,
  provider,
  coalesce(priced_model, answered_model, requested_model) AS model,
  operation,
  coalesce(processing_tier, 'standard') AS tier,
  tool_count,
  max_output_tokens,
  system_hash,
  tools_hash,
  body_hash,
  coalesce(input_uncached_tokens, 0) + coalesce(cache_read_tokens, 0) + coalesce(cache_write_tokens, 0)
    + coalesce(cache_write_5m_tokens, 0) + coalesce(cache_write_1h_tokens, 0) AS input_tokens,
  coalesce(cache_read_tokens, 0) AS cache_read_tokens,
  output_tokens,
  -- A call that used nothing has no shape: it failed, or its log does not say. Embeddings put nothing out.
  input_tokens > 0 AS has_shape,
  cost::DECIMAL(38,12) AS cost,
  coalesce(cost_currency, 'USD') AS currency,
  CASE WHEN starts_with(tokens_basis, 'counted:') THEN 'estimated' ELSE 'metered' END AS grade
FROM metered_events
WHERE {filter}

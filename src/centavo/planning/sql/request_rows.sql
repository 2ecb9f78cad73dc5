-- Requests with a price as rows that meters look at; a call that two meters saw is one row here.
SELECT
  started_at AS charged_at,
  cost_currency AS currency,
  cost::DECIMAL(38,12) AS cost,
  NULL::DECIMAL(38,12) AS quantity,
  NULL::VARCHAR AS unit,
  1::DECIMAL(38,12) AS requests,
  -- Unknown classes are no tokens only where the request states some class at all.
  CASE
    WHEN coalesce(
      input_uncached_tokens, cache_read_tokens, cache_write_tokens, cache_write_5m_tokens,
      cache_write_1h_tokens
    ) IS NOT NULL
    THEN (
      coalesce(input_uncached_tokens, 0) + coalesce(cache_read_tokens, 0)
      + coalesce(cache_write_tokens, 0) + coalesce(cache_write_5m_tokens, 0)
      + coalesce(cache_write_1h_tokens, 0)
    )::DECIMAL(38,12)
  END AS input_tokens,
  output_tokens::DECIMAL(38,12) AS output_tokens,
  NULL::DECIMAL(38,0) AS microseconds,
  project,
  application,
  endpoint,
  feature,
  use_case,
  environment,
  team,
  cost_center,
  customer_id AS customer,
  provider,
  provider AS service,
  'AI and Machine Learning' AS service_category,
  NULL::VARCHAR AS sku,
  coalesce(priced_model, answered_model, requested_model) AS model,
  inference_geo AS region,
  NULL::VARCHAR AS resource,
  'Usage' AS charge_category,
  account_id AS account,
  account_id AS sub_account,
  source
FROM metered_events
WHERE cost IS NOT NULL AND tokens_basis IS {tokens}

-- Requests in the vocabulary of ../metered_rows.sql, with cost and tokens by class. The cost is cost or
-- reported_cost; a reported cost is not divided by class of tokens.
SELECT
  {side} AS side,
  started_at AS charged_at,
  {currency} AS currency,
  hash(provider, coalesce(priced_model, answered_model, requested_model)) AS good,
  -- Long prompts have dearer tokens from 128,000, 200,000 or 272,000 tokens on, by provider; logs
  -- rarely say so. Without this more long prompts would look like a dearer price.
  hash(processing_tier, context_tier,
    CASE WHEN prompt_tokens > 272000 THEN '272k' WHEN prompt_tokens > 200000 THEN '200k'
      WHEN prompt_tokens > 128000 THEN '128k' END) AS priced,
  CASE WHEN NOT {by_class} THEN {cost} END AS whole_cost,
  CASE WHEN {by_class} THEN input_cost - coalesce(cache_read_cost, 0) - coalesce(cache_write_cost, 0) END
    AS fresh_cost,
  CASE WHEN {by_class} THEN cache_read_cost END AS read_cost,
  CASE WHEN {by_class} THEN cache_write_cost END AS write_cost,
  CASE WHEN {by_class} THEN metered_events.output_cost END AS output_cost,
  CASE WHEN {by_class} THEN cost - coalesce(input_cost, 0) - coalesce(metered_events.output_cost, 0) END
    AS other_cost,
  input_uncached_tokens AS fresh_tokens,
  cache_read_tokens AS read_tokens,
  coalesce(cache_write_tokens, 0) + coalesce(cache_write_5m_tokens, 0)
    + coalesce(cache_write_1h_tokens, 0) AS write_tokens,
  metered_events.output_tokens,
  NULL::DECIMAL(38,12) AS fx_rate,
  'USD' AS fx_currency,
  project,
  coalesce(priced_model, answered_model, requested_model) AS model,
  endpoint,
  feature,
  use_case,
  application,
  team,
  environment,
  cost_center,
  customer_id AS customer,
  provider,
  provider AS service,
  'AI and Machine Learning' AS service_category,
  NULL::VARCHAR AS sku,
  account_id AS account,
  account_id AS sub_account,
  inference_geo AS region,
  NULL::VARCHAR AS resource,
  'Usage' AS charge_category,
  NULL::VARCHAR AS cost_type,
  strftime(started_at, '%Y-%m') AS billing_month,
  source,
  attribution_method AS attribution,
  NULL::VARCHAR AS token_class,
  processing_tier AS tier,
  api_key_id AS api_key,
  CASE WHEN is_error THEN 'error' WHEN NOT is_error THEN 'ok' END AS status,
  labels AS tags
FROM (
  SELECT *, coalesce(input_uncached_tokens, 0) + coalesce(cache_read_tokens, 0) + coalesce(cache_write_tokens, 0)
    + coalesce(cache_write_5m_tokens, 0) + coalesce(cache_write_1h_tokens, 0) AS prompt_tokens
  FROM metered_events
) AS metered_events
WHERE {cost} IS NOT NULL AND {tokens}

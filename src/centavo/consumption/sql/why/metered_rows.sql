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
  {dimensions}
FROM (
  SELECT *, coalesce(input_uncached_tokens, 0) + coalesce(cache_read_tokens, 0) + coalesce(cache_write_tokens, 0)
    + coalesce(cache_write_5m_tokens, 0) + coalesce(cache_write_1h_tokens, 0) AS prompt_tokens
  FROM metered_events
) AS metered_events
WHERE {cost} IS NOT NULL AND {tokens}

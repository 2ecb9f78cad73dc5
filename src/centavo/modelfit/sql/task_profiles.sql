-- What each caller asks of a model: sizes, tools, reasoning, speed, failures and who waits.
CREATE OR REPLACE TEMP TABLE task_profiles AS
WITH calls AS (
  SELECT
    provider, coalesce(priced_model, answered_model, requested_model) AS model, project, application,
    environment, endpoint, feature, coalesce(processing_tier, 'standard') AS tier,
    -- What failed has no price; it is told with what was paid.
    coalesce(cost_currency, (SELECT mode(cost_currency) FROM metered_events)) AS currency, operation, started_at, cost, is_error, streamed, customer_id, tool_count,
    finish_reason, attempt, parent_event_id, duration_ms,
    coalesce(input_uncached_tokens, 0) + coalesce(cache_read_tokens, 0)
      + coalesce(cache_write_tokens, 0) + coalesce(cache_write_5m_tokens, 0)
      + coalesce(cache_write_1h_tokens, 0) AS input_tokens,
    output_tokens, reasoning_tokens,
    greatest(output_tokens - coalesce(reasoning_tokens, 0), 0) AS visible_tokens
  FROM metered_events
  WHERE {filter}
)
SELECT
  provider, model, project, application, environment, endpoint, feature, tier, currency,
  any_value(operation) AS operation,
  count(*) FILTER (cost IS NOT NULL)::BIGINT AS requests,
  count(*)::BIGINT AS tries,
  min(started_at)::DATE AS first_day,
  max(started_at)::DATE AS last_day,
  sum(cost)::DECIMAL(38,12) AS cost,
  quantile_cont(input_tokens, 0.5) FILTER (cost IS NOT NULL)::DECIMAL(18,1) AS input_p50,
  quantile_cont(input_tokens, 0.95) FILTER (cost IS NOT NULL)::DECIMAL(18,1) AS input_p95,
  quantile_cont(output_tokens, 0.5)::DECIMAL(18,1) AS output_p50,
  quantile_cont(visible_tokens, 0.95)::DECIMAL(18,1) AS visible_p95,
  max(output_tokens)::BIGINT AS output_max,
  (sum(reasoning_tokens) / nullif(sum(output_tokens), 0))::DECIMAL(18,6) AS reasoning_share,
  avg((coalesce(tool_count, 0) > 0 OR finish_reason IN ('tool_calls', 'tool_use'))::INTEGER)
    ::DECIMAL(18,6) AS tool_share,
  avg((streamed IS TRUE)::INTEGER)::DECIMAL(18,6) AS streamed_share,
  avg((customer_id IS NOT NULL)::INTEGER)::DECIMAL(18,6) AS customer_share,
  avg((is_error IS TRUE)::INTEGER)::DECIMAL(18,6) AS failed_share,
  avg((coalesce(attempt, 1) > 1 OR parent_event_id IS NOT NULL)::INTEGER)::DECIMAL(18,6) AS retry_share,
  avg((finish_reason IN ('length', 'max_tokens'))::INTEGER)::DECIMAL(18,6) AS cut_share,
  quantile_cont(duration_ms / greatest(output_tokens, 1), 0.5)::DECIMAL(18,3) AS ms_per_token_p50
FROM calls
GROUP BY ALL

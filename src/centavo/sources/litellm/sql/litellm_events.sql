-- Rows of LiteLLM_SpendLogs as usage events.
-- LiteLLM counts cached tokens inside prompt_tokens and tells them once or twice more in the usage
-- block; the larger of the tellings counts, and never their sum. An answer from the gateway's own
-- cache cost the provider nothing: its tokens are 0 here, and stand in the labels.
WITH told AS (
    SELECT
        *,
        greatest(read_a, read_b, read_c) AS cached,
        greatest(write_a, write_b, write_c, write_d) AS written,
        coalesce(greatest(read_a, read_b, read_c), 0) + coalesce(greatest(write_a, write_b, write_c, write_d), 0)
            AS aside,
        -- xAI and Perplexity count reasoning beside the completion; the total tells.
        CASE WHEN reasoning > 0 AND total_tokens = prompt_tokens + completion_tokens + reasoning
            THEN completion_tokens + reasoning ELSE completion_tokens END AS produced,
        coalesce(is_hit, false) AS from_cache,
        status = 'failure' OR (status IS NULL AND error_class IS NOT NULL) AS failed,
        -- LiteLLM writes 0 where it saw no usage.
        counts_tokens AND coalesce(prompt_tokens, 0) + coalesce(completion_tokens, 0) = 0
            AND coalesce(status, 'success') <> 'failure' AS is_unknown
    FROM {rows}
)
SELECT
    'litellm:' || request_id AS event_id,
    'litellm' AS source,
    batch_id,
    CASE WHEN NOT from_cache
        AND NOT regexp_full_match(
            request_id, '[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}|[0-9a-f]{{32}}|row-[0-9a-f]+'
        ) THEN request_id END AS call_id,
    'gateway' AS meter,
    start_time AS started_at,
    'stated' AS started_at_basis,
    CASE WHEN end_time >= start_time THEN epoch_ms(end_time) - epoch_ms(start_time) END AS duration_ms,
    -- Without a stream LiteLLM writes the end here.
    CASE WHEN first_time > start_time AND first_time < end_time
        THEN epoch_ms(first_time) - epoch_ms(start_time) END AS ttft_ms,
    CASE WHEN first_time > start_time AND first_time < end_time THEN true END AS streamed,
    provider,
    operation,
    requested_model,
    answered_model,
    api_key_id,
    {scopes},
    coalesce(scope_customer_id, end_user) AS customer_id,
    CASE WHEN coalesce(method, end_user) IS NULL THEN NULL ELSE coalesce(method, 'gateway') END
        AS attribution_method,
    CASE WHEN coalesce(method, end_user) IS NOT NULL THEN 1.0::DOUBLE END AS attribution_confidence,
    CASE WHEN from_cache THEN 0 WHEN is_unknown THEN NULL
        WHEN aside <= prompt_tokens THEN prompt_tokens - aside ELSE prompt_tokens END
        AS input_uncached_tokens,
    CASE WHEN NOT from_cache THEN cached END AS cache_read_tokens,
    CASE WHEN NOT from_cache AND written IS NOT NULL
        THEN greatest(0, written - coalesce(write_5m, 0) - coalesce(write_1h, 0)) END
        AS cache_write_tokens,
    CASE WHEN NOT from_cache THEN write_5m END AS cache_write_5m_tokens,
    CASE WHEN NOT from_cache THEN write_1h END AS cache_write_1h_tokens,
    CASE WHEN from_cache THEN 0 WHEN is_unknown THEN NULL ELSE produced END AS output_tokens,
    CASE WHEN NOT from_cache THEN reasoning END AS reasoning_tokens,
    CASE WHEN NOT from_cache THEN audio_in END AS input_audio_tokens,
    CASE WHEN NOT from_cache THEN image_in END AS input_image_tokens,
    CASE WHEN NOT from_cache THEN audio_out END AS output_audio_tokens,
    CASE WHEN NOT from_cache THEN image_out END AS output_image_tokens,
    CASE WHEN NOT from_cache THEN greatest(searches_a, searches_b) END AS web_searches,
    status_code,
    failed AS is_error,
    CASE WHEN failed THEN coalesce(error_class, 'failure') END AS error_class,
    retries + 1 AS attempt,
    processing_tier,
    CASE WHEN is_hit THEN 'hit' WHEN has_cache AND NOT is_hit THEN 'miss' END AS cache_verdict,
    spend AS reported_cost,
    nullif(concat(
        CASE WHEN session_id IS NULL AND NOT from_cache THEN labels
            WHEN labels = '{{' THEN labels ELSE labels || ',' END,
        CASE WHEN session_id IS NOT NULL
            THEN '"session_id":' || to_json(session_id)::VARCHAR || CASE WHEN from_cache THEN ',' ELSE '' END
        END,
        CASE WHEN from_cache
            THEN '"gateway_cache_input_tokens":' || coalesce(prompt_tokens::VARCHAR, 'null')
                || ',"gateway_cache_output_tokens":' || coalesce(completion_tokens::VARCHAR, 'null')
        END,
        '}}'
    ), '{{}}') AS labels
FROM told

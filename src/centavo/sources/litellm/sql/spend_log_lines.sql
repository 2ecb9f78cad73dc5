-- Lines of a spend log as DuckDB reads them, with the columns of litellm_events.sql and those that
-- rows have in common. The quick way: it raises an error at the first row that is not written
-- exactly as LiteLLM writes it, and the careful way then reads the files.
-- Counts are read as DOUBLE, which tells 12.7 from 13; none is used beyond 2^53. The amount is the
-- shortest text of the double that LiteLLM keeps, which is the text that it wrote.
WITH typed AS (
    SELECT
        *,
        -- Both blocks tell the same call; older versions write only the second.
        coalesce(metadata.usage_object, metadata.additional_usage_values) AS usage,
        metadata.additional_usage_values AS more,
        metadata.error_information AS problem
    FROM read_json(
        {paths}, format = 'newline_delimited', filename = true, hive_partitioning = false,
        columns = {columns}
    )
),

told AS (
    SELECT
        *,
        usage.prompt_tokens_details AS given,
        usage.completion_tokens_details AS made,
        coalesce(
            usage.prompt_tokens_details.cache_creation_token_details,
            usage.cache_creation,
            more.cache_creation
        ) AS kept,
        litellm_utc("startTime") AS start_time,
        litellm_utc("endTime") AS end_time,
        litellm_utc("completionStartTime") AS first_time,
        TRY_CAST(spend AS DECIMAL(38,24)) AS exact_spend
    FROM typed
),

columns AS (
    SELECT
        filename,
        request_id,
        nullif(end_user, '') AS end_user,
        nullif(session_id, '') AS session_id,
        coalesce(nullif(status, ''), metadata.status) AS status,
        nullif(problem.error_class, '') AS error_class,
        CASE WHEN regexp_full_match(problem.error_code, '[0-9]{{3}}') THEN problem.error_code::BIGINT END
            AS status_code,
        start_time,
        end_time,
        first_time,
        litellm_cost(exact_spend) AS spend,
        CASE WHEN cache_hit IN ('True', 'true', 'TRUE', 't', '1') THEN true
            WHEN cache_hit IN ('False', 'false', 'FALSE', 'f', '0') THEN false END AS is_hit,
        coalesce(cache_key, '') NOT IN ('', 'Cache OFF') AS has_cache,
        litellm_count(prompt_tokens) AS prompt_tokens,
        litellm_count(completion_tokens) AS completion_tokens,
        litellm_count(total_tokens) AS total_tokens,
        litellm_count(given.cached_tokens) AS read_a,
        litellm_count(usage.cache_read_input_tokens) AS read_b,
        litellm_count(more.cache_read_input_tokens) AS read_c,
        litellm_count(given.cache_creation_tokens) AS write_a,
        litellm_count(given.cache_write_tokens) AS write_b,
        litellm_count(usage.cache_creation_input_tokens) AS write_c,
        litellm_count(more.cache_creation_input_tokens) AS write_d,
        litellm_count(kept.ephemeral_5m_input_tokens) AS write_5m,
        litellm_count(kept.ephemeral_1h_input_tokens) AS write_1h,
        litellm_count(given.audio_tokens) AS audio_in,
        litellm_count(given.image_tokens) AS image_in,
        litellm_count(made.audio_tokens) AS audio_out,
        litellm_count(made.image_tokens) AS image_out,
        litellm_count(made.reasoning_tokens) AS reasoning,
        litellm_count(given.web_search_requests) AS searches_a,
        litellm_count(more.server_tool_use.web_search_requests) AS searches_b,
        litellm_count(metadata.attempted_retries) AS retries,
        call_type,
        custom_llm_provider,
        model,
        model_group,
        more.service_tier AS service_tier,
        more.speed AS speed,
        api_key,
        request_tags::VARCHAR AS request_tags,
        team_id,
        "user",
        metadata.user_api_key_alias AS user_api_key_alias,
        metadata.user_api_key_team_alias AS user_api_key_team_alias,
        metadata.spend_logs_metadata::VARCHAR AS spend_logs_metadata,
        agent_id,
        organization_id,
        metadata.user_api_key_project_id AS project_id,
        metadata.user_api_key_project_alias AS project_alias,
        coalesce(request_id, '') <> ''
            AND start_time IS NOT NULL
            AND (end_time IS NOT NULL OR coalesce("endTime", '') = '')
            AND (first_time IS NOT NULL OR coalesce("completionStartTime", '') = '')
            AND (spend IS NULL OR coalesce(exact_spend >= 0 AND exact_spend < 1000000, false))
            AND coalesce(request_tags::VARCHAR, '[') LIKE '[%'
            AND coalesce(metadata.spend_logs_metadata::VARCHAR, '{{') LIKE '{{%'
            AS is_sound
    FROM told
)

SELECT
    * EXCLUDE (is_sound, filename, request_id),
    batch_id,
    CASE WHEN is_sound THEN request_id ELSE error('a row that asks for care') END AS request_id
FROM columns
JOIN (VALUES {batches}) AS batches(filename, batch_id) USING (filename)

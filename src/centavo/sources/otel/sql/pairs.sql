-- Calls within calls. The outer one goes, because the inner one is nearer to the provider. Where the
-- inner one states neither tokens nor an error, it goes instead, so that nothing is lost.
CREATE OR REPLACE TEMP TABLE otel_pairs AS
WITH stated AS (
    SELECT event_id, meter, is_error,
        coalesce(input_uncached_tokens, output_tokens) IS NOT NULL AS has_tokens
    FROM otel_rows
)
SELECT outside.event_id AS outer_id, inside.event_id AS inner_id, above.depth,
    outside.meter AS outer_meter, inside.meter AS inner_meter,
    CASE
        WHEN inside.has_tokens OR NOT outside.has_tokens THEN outside.event_id
        WHEN NOT inside.is_error THEN inside.event_id
    END AS gone_id
FROM otel_above AS above
JOIN otel_calls AS outer_calls
    ON outer_calls.trace = above.trace AND outer_calls.span = above.above
JOIN otel_calls AS inner_calls
    ON inner_calls.trace = above.trace AND inner_calls.span = above.call
JOIN stated AS outside ON outside.event_id = outer_calls.event_id
JOIN stated AS inside ON inside.event_id = inner_calls.event_id
WHERE NOT above.in_tool;

CREATE OR REPLACE TEMP TABLE otel_gone AS
SELECT DISTINCT gone_id AS event_id FROM otel_pairs WHERE gone_id IS NOT NULL

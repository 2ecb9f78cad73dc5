-- A call whose HTTP requests were sent again was answered at a later attempt.
UPDATE otel_rows SET attempt = 1 + tries.resent
FROM (
    SELECT event_id, max(resent)::BIGINT AS resent
    FROM otel_resent JOIN otel_calls USING (trace, span)
    GROUP BY ALL
) AS tries
WHERE tries.event_id = otel_rows.event_id AND otel_rows.attempt IS NULL

-- The endpoint of a call is the nearest route that a span above it serves.
UPDATE otel_rows SET
    endpoint = nearest.route, attribution_method = 'label', attribution_confidence = 1.0
FROM (
    SELECT calls.event_id, arg_min(routes.route, above.depth) AS route
    FROM otel_above AS above
    JOIN otel_routes AS routes ON routes.trace = above.trace AND routes.span = above.above
    JOIN otel_calls AS calls ON calls.trace = above.trace AND calls.span = above.call
    GROUP BY ALL
) AS nearest
WHERE nearest.event_id = otel_rows.event_id AND otel_rows.endpoint IS NULL

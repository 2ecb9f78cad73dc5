-- A gateway knows what was used, the application above it who used it.
UPDATE otel_rows SET
    project = coalesce(maker.project, otel_rows.project),
    application = coalesce(maker.application, otel_rows.application),
    endpoint = coalesce(maker.endpoint, otel_rows.endpoint),
    feature = coalesce(maker.feature, otel_rows.feature),
    use_case = coalesce(maker.use_case, otel_rows.use_case),
    environment = coalesce(maker.environment, otel_rows.environment),
    team = coalesce(maker.team, otel_rows.team),
    cost_center = coalesce(maker.cost_center, otel_rows.cost_center),
    customer_id = coalesce(maker.customer_id, otel_rows.customer_id)
FROM (
    SELECT inner_id, arg_max(outer_id, depth) AS outer_id FROM otel_pairs
    WHERE inner_meter = 'gateway' AND outer_meter <> 'gateway'
    GROUP BY ALL
) AS pairs
JOIN otel_rows AS maker ON maker.event_id = pairs.outer_id
WHERE pairs.inner_id = otel_rows.event_id

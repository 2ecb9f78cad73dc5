-- What the records are like, before any is written: one row per kind of record, with counts.
-- In braces: rows is one row per record, every column as text; bad names the first column that
-- cannot be read, or is NULL. A hash stands for the lists of keys, which are slow to group by.
WITH checked AS (
    SELECT
        r.*,
        {bad} AS bad,
        hash(r.source_keys) AS keys_hash,
        gcp_credits(r.credits) AS credit_list,
        gcp_labels(r.labels) AS label_list,
        gcp_labels(r.project_labels) AS project_label_list
    FROM ({rows}) AS r
)
SELECT
    batch_id,
    bad,
    coalesce(service_description, '') AS service,
    coalesce(service_id, '') AS service_id,
    coalesce(sku_description, '') AS sku,
    coalesce(usage_unit, '') AS unit,
    coalesce(consumption_model_description, consumption_model_id, '') AS consumption,
    coalesce(cost_type, '') AS cost_type,
    keys_hash,
    any_value(source_keys) AS source_keys,
    count(*) AS records,
    count(*) FILTER (gcp_is_zoneless(usage_start_time) OR gcp_is_zoneless(usage_end_time)
        OR gcp_is_zoneless(export_time)) AS zoneless,
    count(*) FILTER (export_time IS NULL AND partition_date IS NULL) AS undated,
    count(*) FILTER (left(credits, 1) = '{') AS credit_objects,
    count(*) FILTER (gcp_is_rounded(cost)
        OR len(list_filter(credit_list, lambda c: coalesce(gcp_is_rounded(c.amount), false))) > 0)
        AS rounded,
    count(*) FILTER (gcp_amount(usage_amount) < 0) AS negative,
    count(*) FILTER (flat_credits_id IS NOT NULL AND len(credit_list) > 0
        AND flat_credits_id IS DISTINCT FROM credit_list[1].id) AS credits_differ,
    count(*) FILTER (gcp_repeats(label_list) OR gcp_repeats(project_label_list)) AS repeats,
    any_value(labels) FILTER (gcp_repeats(label_list)) AS repeat_example,
    any_value(project_labels) FILTER (gcp_repeats(project_label_list)) AS project_repeat_example
FROM checked
GROUP BY ALL

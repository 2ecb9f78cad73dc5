-- What each file is like, before any of its rows is written. In braces: rows is one row per record,
-- every column as text; amounts and days are lists of its columns of those kinds.
WITH r AS (
    SELECT
        *,
        azure_is_committed(pricing_model, reservation, benefit, charge_type) AS committed,
        lower(coalesce(charge_type, 'usage')) AS kind_of_charge,
        TRY_CAST(replace(cost, ',', '.') AS DECIMAL(38, 12)) AS amount,
        {amounts} AS amounts,
        {days} AS days
    FROM ({rows})
)
SELECT
    batch_id,
    count(*) AS records,
    count(*) FILTER ({blank}) AS blank,
    coalesce(bool_or(len(list_filter(amounts, lambda a: contains(a, ','))) > 0), false) AS commas,
    coalesce(bool_or(len(list_filter(amounts,
        lambda a: contains(a, '.') AND NOT contains(a, ','))) > 0), false) AS points,
    max(TRY_CAST(regexp_extract(list_max(list_transform(days, lambda d:
        lpad(regexp_extract(d, '^(\d{1,2})/', 1), 2, '0'))), '\d+') AS INTEGER)) AS largest_first,
    max(TRY_CAST(regexp_extract(list_max(list_transform(days, lambda d:
        lpad(regexp_extract(d, '^\d{1,2}/(\d{1,2})/', 1), 2, '0'))), '\d+') AS INTEGER)) AS largest_second,
    count(*) FILTER (prefix(kind_of_charge, 'unused')) AS unused,
    count(*) FILTER (committed AND kind_of_charge IN ('purchase', 'refund')) AS purchases,
    count(*) FILTER (committed AND kind_of_charge = 'usage' AND amount <> 0) AS amortised_use,
    count(*) FILTER (committed AND kind_of_charge = 'usage' AND amount = 0) AS covered_use,
    count(*) FILTER (currency IS NULL AND NOT ({blank})) AS without_currency,
    count(*) FILTER (azure_has_tags(tags) AND azure_tags(tags) IS NULL) AS dark_tags,
    any_value(tags) FILTER (azure_has_tags(tags) AND azure_tags(tags) IS NULL) AS dark_tag_example,
    count(*) FILTER (azure_is_rounded(cost, contains(cost, ','))) AS rounded,
    sum(hash(subscription, day, meter_id, meter, meter_category, resource, quantity, cost, tags)::HUGEINT)
        AS fingerprint
FROM r
GROUP BY batch_id

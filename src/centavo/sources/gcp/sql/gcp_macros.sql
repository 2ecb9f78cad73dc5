-- What the values of a Cloud Billing export mean. Every macro takes text and answers NULL where
-- the text is not of its kind; nothing passes through a floating-point number.

-- Whether a number's text may have more than 12 decimals.
CREATE OR REPLACE TEMP MACRO gcp_is_long(t) AS CASE
    WHEN length(t) > 13 THEN regexp_matches(t, '\.\d{13}|[eE]')
    ELSE contains(t, 'e') OR contains(t, 'E')
END;

-- What rounding to 12 decimals adds; NULL where nothing is added for certain.
CREATE OR REPLACE TEMP MACRO gcp_rounding(t) AS CASE WHEN gcp_is_long(t) THEN
    TRY_CAST(TRY_CAST(t AS DECIMAL(38, 12)) AS DECIMAL(38, 24)) - TRY_CAST(t AS DECIMAL(38, 24))
END;

-- Whether a number lies half-way between two amounts of 12 decimals.
CREATE OR REPLACE TEMP MACRO gcp_is_tie(t) AS
    abs(gcp_rounding(t)) = 0.0000000000005;

-- Whether the amount has more decimals than the ledger keeps.
CREATE OR REPLACE TEMP MACRO gcp_is_rounded(t) AS coalesce(gcp_rounding(t) <> 0, false);

-- Exact decimal of a number's text; more than 12 decimals are rounded half to even.
-- DuckDB's own cast rounds a tie away from zero: the first branch takes such a tie back.
CREATE OR REPLACE TEMP MACRO gcp_amount(t) AS CASE
    WHEN gcp_is_tie(t) AND CAST(right(CAST(TRY_CAST(t AS DECIMAL(38, 12)) AS VARCHAR), 1) AS INTEGER) % 2 = 1
        THEN TRY_CAST(t AS DECIMAL(38, 12))
             - CAST(sign(TRY_CAST(t AS DECIMAL(38, 12))) AS INTEGER) * 0.000000000001
    ELSE TRY_CAST(t AS DECIMAL(38, 12))
END;

-- The forms that state no zone: a date, or a date and a time.
CREATE OR REPLACE TEMP MACRO gcp_is_zoneless(t) AS
    right(t, 1) <> 'Z'
    AND regexp_full_match(t, '\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?');

-- UTC instant of a time's text. A time without zone is UTC. DuckDB's cast to TIMESTAMP drops an
-- offset instead of applying it, so only 'Z', 'UTC' and no zone at all may take that way.
CREATE OR REPLACE TEMP MACRO gcp_instant(t) AS CASE
    WHEN right(t, 1) = 'Z' THEN TRY_CAST(t AS TIMESTAMP)
    WHEN right(t, 4) = ' UTC' OR gcp_is_zoneless(t) THEN TRY_CAST(t AS TIMESTAMP)
    WHEN regexp_matches(t, ':\d\d(\.\d+)?\s*[+-]\d\d(:?\d\d)?$')
        THEN make_timestamp(epoch_us(TRY_CAST(t AS TIMESTAMPTZ)))
END;

-- First day of an invoice month, 202604.
CREATE OR REPLACE TEMP MACRO gcp_month(t) AS CASE WHEN regexp_full_match(t, '\d{6}')
    THEN TRY_CAST(left(t, 4) || '-' || right(t, 2) || '-01' AS TIMESTAMP) END;

-- Credits as a list, from an array (the export) or a single object (koku-nise). An object of
-- nothing but empty texts and a zero is how koku-nise writes "no credit".
CREATE OR REPLACE TEMP MACRO gcp_credits(t) AS list_filter(
    from_json(
        CASE WHEN left(t, 1) = '{' THEN '[' || t || ']' ELSE t END,
        '[{"name":"VARCHAR","amount":"VARCHAR","full_name":"VARCHAR","id":"VARCHAR","type":"VARCHAR"}]'
    ),
    lambda c: coalesce(c.name, '') <> '' OR coalesce(c.full_name, '') <> ''
        OR coalesce(c.id, '') <> '' OR coalesce(c.type, '') <> ''
        OR TRY_CAST(c.amount AS DECIMAL(38, 12)) IS DISTINCT FROM 0
);

CREATE OR REPLACE TEMP MACRO gcp_labels(t) AS list_filter(
    from_json(t, '[{"key":"VARCHAR","value":"VARCHAR","namespace":"VARCHAR"}]'),
    lambda l: l.key IS NOT NULL
);

CREATE OR REPLACE TEMP MACRO gcp_keys(labels) AS list_transform(labels, lambda l: l.key);

-- Whether a list of labels gives one key twice.
CREATE OR REPLACE TEMP MACRO gcp_repeats(labels) AS
    len(labels) > 1 AND len(list_distinct(gcp_keys(labels))) < len(labels);

-- All labels and tags of a row as key-value pairs: labels as they are; a project label too, unless
-- the row has a label of that key; system labels and tags always under their prefix.
CREATE OR REPLACE TEMP MACRO gcp_pairs(labels, project_labels, system_labels, tags) AS list_concat(
    list_transform(labels, lambda l: {'key': l.key, 'value': l.value}),
    list_transform(project_labels, lambda l: {
        'key': CASE WHEN coalesce(list_contains(gcp_keys(labels), l.key), false)
                    THEN 'project/' || l.key ELSE l.key END,
        'value': l.value}),
    list_transform(system_labels, lambda l: {'key': 'system/' || l.key, 'value': l.value}),
    list_transform(tags, lambda l: {
        'key': coalesce(nullif(l.namespace, ''), 'tag') || '/' || l.key, 'value': l.value})
);

-- The second value of a repeated key is kept as key#2, so that keys are unique and nothing is lost.
CREATE OR REPLACE TEMP MACRO gcp_unique(pairs) AS CASE
    WHEN len(list_distinct(gcp_keys(pairs))) = len(pairs) THEN pairs
    ELSE list_transform(pairs, lambda p, i: {
        'key': CASE WHEN list_contains(gcp_keys(pairs[1:i - 1]), p.key)
            THEN p.key || '#'
                 || CAST(1 + len(list_filter(pairs[1:i - 1], lambda q: q.key = p.key)) AS VARCHAR)
            ELSE p.key END,
        'value': p.value})
END;

CREATE OR REPLACE TEMP MACRO gcp_object(pairs) AS CASE
    WHEN len(pairs) > 0
        THEN CAST(to_json(map_from_entries(
            list_transform(pairs, lambda p: {'k': p.key, 'v': p.value}))) AS VARCHAR)
END;

-- What the texts of a Cost and Usage Report mean. Nothing passes through a floating-point number;
-- a text that is not of its kind is an error.

-- UTC instant. AWS writes UTC, with Z or without a zone; DuckDB's cast to TIMESTAMP drops an offset
-- in silence, so a text with one goes through TIMESTAMPTZ.
CREATE OR REPLACE TEMP MACRO aws_instant(t) AS CASE
    WHEN regexp_matches(t, ':\d\d(\.\d+)?\s*[+-]\d\d(:?\d\d)?$')
        THEN make_timestamp(epoch_us(CAST(t AS TIMESTAMPTZ)))
    ELSE CAST(t AS TIMESTAMP)
END;

CREATE OR REPLACE TEMP MACRO aws_amount(t) AS CAST(t AS DECIMAL(38, 12));

CREATE OR REPLACE TEMP MACRO aws_pairs(t) AS
    list_transform(map_entries(CAST(CAST(t AS JSON) AS MAP(VARCHAR, VARCHAR))),
        lambda e: {'k': e.key, 'v': e.value});

-- A tag's key as its owner wrote it: user:team, user_team and resourceTags/user:team are team.
CREATE OR REPLACE TEMP MACRO aws_tag_key(k) AS CASE
    WHEN regexp_matches(k, '^resourceTags?/') THEN
        regexp_replace(regexp_replace(k, '^resourceTags?/', ''), '^user[:_]', '')
    WHEN regexp_matches(k, '^user[:_]') THEN substr(k, 6)
    WHEN starts_with(k, 'aws_') THEN 'aws:' || substr(k, 5)
    ELSE k
END;

-- Pairs of a row's tags: those that have a value; of a key that stands twice the first.
CREATE OR REPLACE TEMP MACRO aws_unique(pairs) AS list_filter(
    list_filter(pairs, lambda p: p.v IS NOT NULL AND p.v <> ''),
    lambda p, i: NOT list_contains(
        list_transform(list_filter(pairs, lambda q: q.v IS NOT NULL AND q.v <> '')[1:i - 1],
                       lambda q: q.k), p.k)
);

CREATE OR REPLACE TEMP MACRO aws_object(pairs) AS CASE WHEN len(pairs) > 0 THEN
    '{' || array_to_string(list_transform(pairs,
        lambda p: CAST(to_json(p.k) AS VARCHAR) || ':' || CAST(to_json(p.v) AS VARCHAR)), ',') || '}'
END;

-- A decimal as a JSON number, without trailing zeros.
CREATE OR REPLACE TEMP MACRO aws_number(d) AS
    regexp_replace(regexp_replace(CAST(d AS VARCHAR), '(\.\d*?)0+$', '\1'), '\.$', '');

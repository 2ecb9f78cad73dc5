-- What the values of an Azure cost export mean. Every macro takes text and answers NULL where the
-- text is not of its kind; nothing passes through a floating-point number.

-- Exact decimal of a number's text; comma says that the file writes decimals with a comma and
-- groups digits with points: 1.234,56.
CREATE OR REPLACE TEMP MACRO azure_amount(t, comma) AS CASE
    WHEN contains(t, '_') THEN NULL
    WHEN comma THEN TRY_CAST(replace(replace(t, '.', ''), ',', '.') AS DECIMAL(38, 12))
    ELSE TRY_CAST(t AS DECIMAL(38, 12))
END;

-- The same, where a text that is no number ends the reading.
CREATE OR REPLACE TEMP MACRO azure_number(t, comma) AS CASE
    WHEN t IS NULL THEN NULL ELSE coalesce(azure_amount(t, comma), error('not a decimal number')) END;

-- Whether more than 12 decimals are written.
CREATE OR REPLACE TEMP MACRO azure_is_rounded(t, comma) AS coalesce(
    CASE WHEN regexp_matches(t, '[.,]\d{13}|[eE]-') THEN
        TRY_CAST(CASE WHEN comma THEN replace(replace(t, '.', ''), ',', '.') ELSE t END
            AS DECIMAL(38, 24)) <> azure_amount(t, comma)
    END, false);

-- Start of a day, from an ISO date (with or without a time), 20260305, 05.03.2026 and 3/5/2026;
-- day_first says that the file writes 5/3/2026 instead.
CREATE OR REPLACE TEMP MACRO azure_day(t, day_first) AS CASE
    WHEN contains(t, '/') AND day_first THEN TRY_STRPTIME(t, ['%d/%m/%y', '%d/%m/%Y',
        '%d/%m/%y %H:%M:%S', '%d/%m/%Y %H:%M:%S', '%d/%m/%Y %H:%M'])
    WHEN contains(t, '/') THEN TRY_STRPTIME(t, ['%m/%d/%y', '%m/%d/%Y', '%m/%d/%y %H:%M:%S',
        '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %H:%M', '%m/%d/%Y %I:%M:%S %p'])
    WHEN regexp_full_match(t, '\d{1,2}\.\d{1,2}\.\d{2,4}.*')
        THEN TRY_STRPTIME(t, ['%d.%m.%y', '%d.%m.%Y', '%d.%m.%Y %H:%M:%S', '%d.%m.%Y %H:%M'])
    WHEN regexp_full_match(t, '\d{8}') THEN TRY_STRPTIME(t, '%Y%m%d')
    WHEN regexp_full_match(t, '\d{4}-\d{2}-\d{2}([ T].*)?') THEN TRY_CAST(t AS TIMESTAMP)
END;

CREATE OR REPLACE TEMP MACRO azure_date(t, day_first) AS CASE
    WHEN t IS NULL THEN NULL ELSE coalesce(azure_day(t, day_first), error('not a date')) END;

-- Tags as a JSON object: as one, or as its inside, "key": "value","key2": "value2". NULL for
-- anything else.
CREATE OR REPLACE TEMP MACRO azure_tags(t) AS CASE
    WHEN t IS NULL THEN NULL
    WHEN prefix(ltrim(t), '{') THEN CASE WHEN json_valid(t) THEN t END
    WHEN prefix(ltrim(t), '"') AND json_valid('{' || t || '}') THEN '{' || t || '}'
END;

CREATE OR REPLACE TEMP MACRO azure_has_tags(t) AS
    t IS NOT NULL AND trim(t) NOT IN ('', '{}', '{ }', 'null', '""', '[]');

-- Whether a charge belongs to a reservation or a savings plan: bought, used or unused.
CREATE OR REPLACE TEMP MACRO azure_is_committed(model, reservation, benefit, charge) AS coalesce(
    replace(lower(model), ' ', '') IN ('reservation', 'savingsplan'), false)
    OR (reservation IS NOT NULL) OR (benefit IS NOT NULL)
    OR coalesce(prefix(lower(charge), 'unused'), false);

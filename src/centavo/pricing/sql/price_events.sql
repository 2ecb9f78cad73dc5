-- The columns of a relation of requests with the cost of each, or the reason why it has none.
-- The table of prices has one row per name in the log, slice of time and input tier, with what one
-- count of each column costs in 10^-12 of the currency: all sums are exact integers.
WITH stated AS (
    -- Each count with 0 for "not stated"; what depends on the difference looks at the column itself.
    SELECT *, {counts}
    FROM ({relation}) AS events
),
counted AS (
    SELECT
        *,
        -- Every main count is one of 0 to 2^40 - 1, tested before anything is added: a sum of
        -- garbage must not overflow. Shifting a negative number leaves -1.
        (({main_bits}) >> 40) = 0 AS _price_sane,
        CASE WHEN _price_sane THEN {input_tokens} ELSE 0 END AS _price_input,
        -- Microseconds since midnight.
        epoch_us(started_at) % 86400000000 AS _price_clock
    FROM stated
),
-- TRY turns a sum beyond 64 (or 128) bits into NULL: such a cost is too large for the ledger.
multiplied AS (
    SELECT
        counted.*,
        price.*,
        TRY({input_cost}) AS _price_in,
        TRY({output_cost}) AS _price_out,
        TRY({other_cost}) AS _price_other,
        TRY({cache_read_cost}) AS _price_read,
        TRY({cache_write_cost}) AS _price_write
    FROM counted
    LEFT JOIN {price_rows} AS price
        ON {names_match}
        AND started_at >= _price_valid_from
        AND started_at < _price_valid_to
        {more_conditions}
),
judged AS (
    SELECT
        *,
        {rounded_cost} AS _price_sum,
        CASE
            WHEN is_error AND coalesce({all_columns}) IS NULL THEN 'failed_without_usage'
            WHEN NOT _price_sane THEN 'inconsistent_usage'
            WHEN _price_problem IS NOT NULL THEN _price_problem
            WHEN _price_shape IS NULL THEN 'no_price_at_date'
            WHEN coalesce({main_columns}) IS NULL
                THEN CASE WHEN {some_part} THEN 'incomplete_usage' ELSE 'no_usage' END
            WHEN {inconsistent} THEN 'inconsistent_usage'
            WHEN {unstated} AND {incomplete} THEN 'incomplete_usage'
            WHEN _price_unpriced > 0 AND (
                (_price_unpriced & 1 > 0 AND _price_input > 0)
                OR (_price_unpriced & 2 > 0 AND output_tokens > 0)
                OR (_price_unpriced & 4 > 0 AND web_searches > 0)
            ) THEN 'unit_without_price'
            -- The largest DECIMAL(18,12), without its point.
            WHEN _price_sum <= 999999999999999999 THEN NULL
            ELSE 'cost_too_large'
        END AS _price_reason,
        _price_reason IS NULL AS _price_is_priced
    FROM multiplied
)
SELECT
    COLUMNS(lambda name: NOT starts_with(name, '_price_') AND name NOT IN ({cost_columns})),
    CASE WHEN _price_is_priced THEN {cost} END AS cost,
    CASE WHEN _price_is_priced THEN _price_cost_currency END AS cost_currency,
    CASE WHEN _price_is_priced THEN {input_part} END AS input_cost,
    CASE WHEN _price_is_priced THEN {output_part} END AS output_cost,
    CASE WHEN _price_is_priced THEN {cache_read_part} END AS cache_read_cost,
    CASE WHEN _price_is_priced THEN {cache_write_part} END AS cache_write_cost,
    _price_priced_model AS priced_model,
    _price_price_source AS price_source,
    '{snapshot_id}' AS price_snapshot_id,
    _price_reason AS price_problem
FROM judged
-- Always true. Without it DuckDB 2.0 merges the two SELECTs and judges a row once for each mention of
-- the reason: 274 instead of 237 ns a row.
WHERE random() < 2

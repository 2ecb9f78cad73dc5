-- How many tokens each cause moves from the metered to the billed quantity of a cell. One cause after
-- the other, each with what the ones before it left: shift. A move along a dimension (tier, cache
-- class, day) is what lacks in one place and is too much in another; it adds up to nothing.
CREATE OR REPLACE TEMP TABLE reconcile_moves AS
WITH started AS MATERIALIZED (
  SELECT
    *,
    coalesce(priced_quantity, 0) + coalesce(free_quantity, 0) AS metered_tokens,
    CASE
      WHEN NOT has_reference THEN 0
      WHEN billed_usage IS NULL AND vendor_quantity IS NULL THEN 0 - metered_tokens
      -- A bill without quantities borrows the vendor's; without those there is nothing to move.
      WHEN reference_quantity IS NULL THEN 0
      ELSE reference_quantity - metered_tokens
    END::DECIMAL(38,12) AS shift_tier
  FROM {cells}
),
tiers AS MATERIALIZED (
  SELECT *,
    {tier_move} AS move_tier,
    (shift_tier - move_tier)::DECIMAL(38,12) AS shift_cache
  FROM (
    SELECT *,
      sum(greatest(shift_tier, 0)) OVER same AS surplus,
      sum(greatest(-shift_tier, 0)) OVER same AS deficit
    FROM started
    WINDOW same AS (PARTITION BY provider, account, model, token_class, currency, day)
  )
),
classes AS MATERIALIZED (
  SELECT * EXCLUDE (surplus, deficit),
    CASE WHEN is_input THEN {cache_move} ELSE 0 END::DECIMAL(38,12) AS move_cache,
    (shift_cache - move_cache)::DECIMAL(38,12) AS shift_day,
    billed_usage IS NOT NULL AS is_billed
  FROM (
    SELECT * REPLACE (
      sum(greatest(shift_cache, 0)) OVER same AS surplus,
      sum(greatest(-shift_cache, 0)) OVER same AS deficit)
    FROM (SELECT *, token_class IN ('input', 'cache_read', 'cache_write') AS is_input FROM tiers)
    WINDOW same AS (PARTITION BY provider, account, model, is_input, currency, day)
  )
),
-- From one day to the next, then to the day before; only between days that the bill has.
later AS MATERIALIZED (
  SELECT *,
    CASE WHEN is_billed AND shift_day > 0 AND day_before = day - INTERVAL 1 DAY
      THEN least(shift_day, greatest(-before, 0)) ELSE 0 END::DECIMAL(38,12) AS came_from_before,
    CASE WHEN is_billed AND shift_day < 0 AND day_after = day + INTERVAL 1 DAY
      THEN least(-shift_day, greatest(after, 0)) ELSE 0 END::DECIMAL(38,12) AS went_to_after,
    (shift_day - came_from_before + went_to_after)::DECIMAL(38,12) AS shift_earlier
  FROM (
    SELECT *,
      lag(day) OVER days AS day_before, lag(CASE WHEN is_billed THEN shift_day ELSE 0 END) OVER days AS before,
      lead(day) OVER days AS day_after, lead(CASE WHEN is_billed THEN shift_day ELSE 0 END) OVER days AS after
    FROM classes
    WINDOW days AS (PARTITION BY provider, account, model, token_class, tier, currency ORDER BY day)
  )
),
days AS MATERIALIZED (
  SELECT *,
    CASE WHEN is_billed AND shift_earlier > 0 AND day_after = day + INTERVAL 1 DAY
      THEN least(shift_earlier, greatest(-after_now, 0)) ELSE 0 END::DECIMAL(38,12) AS came_from_after,
    CASE WHEN is_billed AND shift_earlier < 0 AND day_before = day - INTERVAL 1 DAY
      THEN least(-shift_earlier, greatest(before_now, 0)) ELSE 0 END::DECIMAL(38,12) AS went_to_before,
    (came_from_before - went_to_after + came_from_after - went_to_before)::DECIMAL(38,12) AS move_day,
    (shift_day - move_day)::DECIMAL(38,12) AS shift_retry
  FROM (
    SELECT *,
      lag(CASE WHEN is_billed THEN shift_earlier ELSE 0 END) OVER days AS before_now,
      lead(CASE WHEN is_billed THEN shift_earlier ELSE 0 END) OVER days AS after_now
    FROM later
    WINDOW days AS (PARTITION BY provider, account, model, token_class, tier, currency ORDER BY day)
  )
),
-- Failed calls and repeated tries are evidence only where the gap comes with them: a provider that
-- does not bill failures shows the same gap on days without any.
evidence AS MATERIALIZED (
  SELECT *,
    coalesce(sum(blind_calls) OVER calls, 0) + greatest(
      coalesce(sum(repeated_calls) OVER calls, 0) - coalesce(sum(error_calls) OVER calls, 0), 0) AS tries,
    tries > 0 OR coalesce(lost_quantity, 0) > 0 AS has_tries,
    sum(priced_quantity) OVER line::DOUBLE / nullif(sum(counted_calls) OVER line, 0)::DOUBLE AS mean_tokens,
    sqrt(greatest(sum(squares) OVER line / nullif(sum(counted_calls) OVER line, 0)::DOUBLE - mean_tokens ** 2, 0)) AS spread
  FROM days
  WINDOW
    calls AS (PARTITION BY provider, account, model, currency, day),
    line AS (PARTITION BY provider, account, model, token_class, tier, currency)
),
compared AS MATERIALIZED (
  SELECT *,
    avg((shift_retry > 0)::INTEGER) FILTER (has_tries) OVER line AS gap_with_tries,
    avg((shift_retry > 0)::INTEGER) FILTER (NOT has_tries AND metered_tokens > 0) OVER line AS gap_without_tries
  FROM evidence
  WINDOW line AS (PARTITION BY provider, account, model, token_class, tier, currency)
),
expected AS MATERIALIZED (
  SELECT *,
    (coalesce(lost_quantity, 0) + coalesce(round(tries * mean_tokens), 0))::DECIMAL(38,12) AS expected_tokens,
    -- Within three standard deviations of what so many calls use, all of the gap can be theirs.
    (coalesce(lost_quantity, 0)
      + coalesce(round(tries * mean_tokens + 3 * sqrt(tries) * spread), 0))::DECIMAL(38,12) AS most_tokens,
    has_tries AND gap_with_tries >= 0.5
      AND coalesce(gap_without_tries < 0.5 * gap_with_tries, shift_retry <= most_tokens) AS is_evident
  FROM compared
)
SELECT
  *,
  CASE
    WHEN shift_retry > 0 AND is_evident AND shift_retry <= most_tokens THEN shift_retry
    WHEN shift_retry > 0 AND is_evident THEN expected_tokens
    WHEN shift_retry < 0 AND NOT is_late THEN -least(-shift_retry, coalesce(error_quantity, 0))
    ELSE 0
  END::DECIMAL(38,12) AS move_retry,
  (shift_retry - move_retry)::DECIMAL(38,12) AS shift_rest,
  CASE WHEN shift_rest < 0 AND is_late THEN shift_rest ELSE 0 END::DECIMAL(38,12) AS move_late,
  CASE WHEN shift_rest > 0 THEN shift_rest ELSE 0 END::DECIMAL(38,12) AS move_uncaptured,
  CASE WHEN shift_rest < 0 AND NOT is_late THEN shift_rest ELSE 0 END::DECIMAL(38,12) AS move_unknown
FROM expected

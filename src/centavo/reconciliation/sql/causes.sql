-- What each cause costs in a cell: tokens moved, at the meter's price; then what remains between the
-- billed tokens at the meter's price and their cost before discounts; then discounts, credits, taxes.
-- Every step is the difference of two amounts, so that all of them add up to billed minus metered.
CREATE OR REPLACE TEMP TABLE reconcile_causes AS
WITH moved AS MATERIALIZED (
  SELECT
    *,
    CASE WHEN has_reference THEN day_cost - start_cost ELSE 0 END::DECIMAL(38,12) AS cost_time_zone,
    CASE WHEN has_reference THEN {no_price} ELSE 0 END::DECIMAL(38,12) AS cost_no_price,
    -- What the bill asks for regional and for long-context tokens above its own base price. A premium
    -- beyond a quarter of the price is no premium but another price.
    coalesce(regional_listed - {regional_base}, 0)::DECIMAL(38,12) AS regional_above,
    CASE WHEN abs(regional_above) <= 0.25 * abs(regional_listed) THEN regional_above ELSE 0 END::DECIMAL(38,12) AS premium,
    coalesce(long_listed - {long_base}, 0)::DECIMAL(38,12) AS long_above,
    -- What the bill asks for cache writes that are kept longer above its own price of the brief ones,
    -- where the meter knows another share of them.
    coalesce({held_above}, 0)::DECIMAL(38,12) AS held_above,
    {moves}
  FROM reconcile_priced
),
-- Tokens agree now: what remains of usage is price.
states AS MATERIALIZED (
  SELECT
    *,
    coalesce(list_cost, 0)::DECIMAL(38,12) AS usage_cost,
    CASE WHEN NOT has_reference THEN 0
      ELSE usage_cost - start_cost - cost_time_zone - cost_no_price - cost_tier - cost_cache - cost_day
        - cost_retry - cost_late - cost_uncaptured - cost_unknown END::DECIMAL(38,12) AS price_gap,
    -- A bill that states no tokens: its gap is no price gap.
    has_reference AND billed_usage IS NOT NULL AND reference_quantity IS NULL AS is_without_tokens
  FROM moved
),
held AS MATERIALIZED (
  SELECT *,
    CASE WHEN abs(price_gap) <= tolerance THEN 0 ELSE {held} END::DECIMAL(38,12) AS cost_held,
    (price_gap - cost_held)::DECIMAL(38,12) AS gap_premium
  FROM states
),
premiums AS MATERIALIZED (
  SELECT *,
    CASE WHEN abs(gap_premium) <= tolerance THEN 0 ELSE {premium} END::DECIMAL(38,12) AS cost_premium,
    (gap_premium - cost_premium)::DECIMAL(38,12) AS gap_context
  FROM held
),
contexts AS MATERIALIZED (
  SELECT *,
    CASE WHEN abs(gap_context) <= tolerance THEN 0 ELSE {context} END::DECIMAL(38,12) AS cost_context,
    (gap_context - cost_context)::DECIMAL(38,12) AS gap_price
  FROM premiums
),
judged AS MATERIALIZED (
  SELECT
    contexts.*,
    reasons.cause AS reason,
    CASE
      WHEN gap_price = 0 THEN NULL
      WHEN abs(gap_price) <= tolerance THEN 'rounding'
      WHEN is_without_tokens AND start_cost = 0 THEN 'uncaptured'
      WHEN is_without_tokens AND gap_price < 0 AND is_late THEN 'late'
      WHEN is_without_tokens OR contexts.meter_price IS NULL OR contexts.bill_price IS NULL THEN 'unknown'
      ELSE coalesce(reasons.cause, 'price')
    END AS price_cause,
    (coalesce(billed_usage, 0) - usage_cost)::DECIMAL(38,12) AS discount
  FROM contexts
  LEFT JOIN reconcile_price_reasons AS reasons
    ON reasons.provider = contexts.provider AND reasons.model = contexts.model
    AND reasons.token_class = contexts.token_class AND reasons.tier = contexts.tier AND reasons.day = contexts.day
    AND reasons.meter_price = contexts.meter_price AND reasons.bill_price = contexts.bill_price
)
SELECT
  *,
  CASE WHEN has_reference THEN coalesce(billed_cost, 0) - start_cost END::DECIMAL(38,12) AS gap_cost,
  (cost_uncaptured + CASE WHEN price_cause = 'uncaptured' THEN gap_price ELSE 0 END)::DECIMAL(38,12) AS gap_uncaptured_traffic,
  cost_retry AS gap_retry_or_error,
  (cost_cache + cost_held + CASE WHEN price_cause = 'cache' THEN gap_price ELSE 0 END)::DECIMAL(38,12) AS gap_cache_class,
  (cost_tier + cost_context + CASE WHEN price_cause = 'tier' THEN gap_price ELSE 0 END)::DECIMAL(38,12) AS gap_context_or_tier,
  (cost_premium + CASE WHEN price_cause = 'premium' THEN gap_price ELSE 0 END)::DECIMAL(38,12) AS gap_regional_premium,
  cost_no_price AS gap_no_price,
  CASE WHEN price_cause = 'price' THEN gap_price ELSE 0 END::DECIMAL(38,12) AS gap_price_disagreement,
  (CASE WHEN has_reference AND abs(discount) > tolerance THEN discount ELSE 0 END + coalesce(credit, 0))::DECIMAL(38,12) AS gap_discount_or_credit,
  coalesce(tax, 0)::DECIMAL(38,12) AS gap_tax,
  coalesce(fee, 0)::DECIMAL(38,12) AS gap_fee,
  (cost_time_zone + cost_day)::DECIMAL(38,12) AS gap_time_zone,
  (cost_late + CASE WHEN price_cause = 'late' THEN gap_price ELSE 0 END)::DECIMAL(38,12) AS gap_late_rows,
  (CASE WHEN price_cause = 'rounding' THEN gap_price ELSE 0 END
    + CASE WHEN has_reference AND abs(discount) <= tolerance THEN discount ELSE 0 END
    + coalesce(rounding_rows, 0))::DECIMAL(38,12) AS gap_rounding,
  (cost_unknown + CASE WHEN price_cause = 'unknown' THEN gap_price ELSE 0 END)::DECIMAL(38,12) AS gap_unknown
FROM judged

-- Cells with the prices of their tokens, per million: the meter's, the bill's before discounts, and the
-- bill's for standard contexts and the global region. Nine decimals of a price per million are a
-- billionth of a billionth of a token's, and what they round off is in the price gap, never lost.
CREATE OR REPLACE TEMP TABLE reconcile_priced AS
WITH scaled AS MATERIALIZED (
  SELECT
    *,
    coalesce(utc_cost, 0)::DECIMAL(38,12) AS start_cost,
    coalesce(frame_cost, 0)::DECIMAL(38,12) AS day_cost,
    CASE WHEN priced_quantity > 0 THEN frame_cost * 1000000 END::DECIMAL(38,12) AS meter_scaled,
    CASE WHEN reference_quantity > 0 THEN list_cost * 1000000 END::DECIMAL(38,12) AS bill_scaled,
    CASE WHEN base_tokens > 0 THEN base_cost * 1000000 END::DECIMAL(38,12) AS base_scaled,
    CASE WHEN short_tokens > 0 THEN short_cost * 1000000 END::DECIMAL(38,12) AS short_scaled,
    coalesce(held_quantity, vendor_held_quantity) AS held_tokens,
    (reference_quantity - held_tokens)::DECIMAL(38,12) AS brief_tokens,
    CASE WHEN held_tokens > 0 THEN held_listed * 1000000 END::DECIMAL(38,12) AS held_scaled,
    CASE WHEN brief_tokens > 0 THEN (listed - held_listed) * 1000000 END::DECIMAL(38,12) AS brief_scaled,
    -- Cache writes that are kept longer: beyond the share of them that the meter knows.
    CASE WHEN priced_quantity > 0 THEN
      held_tokens - round(reference_quantity::DOUBLE * coalesce(metered_held, 0) / priced_quantity) END::DECIMAL(38,12) AS move_held
  FROM reconcile_moves
),
divided AS MATERIALIZED (
  SELECT
    *,
    decimal_div(meter_scaled, priced_quantity)::{price} AS meter_price,
    decimal_div(bill_scaled, reference_quantity)::{price} AS bill_price,
    decimal_div(base_scaled, base_tokens)::{price} AS base_price,
    decimal_div(short_scaled, short_tokens)::{price} AS short_price,
    decimal_div(held_scaled, held_tokens)::{price} AS held_price,
    decimal_div(brief_scaled, brief_tokens)::{price} AS brief_price
  FROM scaled
)
SELECT
  * EXCLUDE (meter_scaled, bill_scaled, base_scaled, short_scaled, held_scaled, brief_scaled),
  coalesce(meter_price, bill_price, 0)::{price} AS price
FROM divided

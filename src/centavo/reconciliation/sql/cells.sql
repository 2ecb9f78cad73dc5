-- Every cell (provider, account, model, class, tier, day, currency) with what the meter, the vendor
-- and the bill say of it. The meter stands twice: on UTC days, and on the days (and within the
-- months) by which this provider bills.
CREATE OR REPLACE TEMP TABLE reconcile_cells AS
WITH bill AS (
  SELECT
    r.*,
    accounts.account,
    frames.grain AS line_grain,
    CASE WHEN frames.grain = 'month' THEN date_trunc('month', {bill_day})::DATE ELSE r.day END AS cell_day,
    -- Half a unit of the bill's last decimal for each row.
    (per_unit * row_count * 0.5 * {last_unit})::DECIMAL(38,12) AS tolerance
  FROM reconcile_bill_rows AS r
  JOIN reconcile_accounts AS accounts
    ON accounts.side = 'bill' AND accounts.provider = r.provider
    AND accounts.spelled_project IS NOT DISTINCT FROM r.raw_project
    AND accounts.spelled_account IS NOT DISTINCT FROM r.raw_account
  JOIN reconcile_frames AS frames ON frames.provider = r.provider AND frames.account = accounts.account
  WHERE is_in_scope
),
-- A bill that names no model, or no class of tokens, is compared at that grain.
grain AS (
  SELECT provider, account, model,
    bool_or(token_class = 'tokens') AND NOT bool_or(token_class IN ('input', 'output')) AS is_classless
  FROM bill WHERE kind = 'usage' GROUP BY ALL
),
modelless AS (
  SELECT provider, account FROM bill WHERE kind = 'usage' GROUP BY ALL HAVING NOT bool_or(model <> '')
),
counted AS (
  SELECT m.*, accounts.account, frames.label, frames.member, frames.grain
  FROM reconcile_meter_rows AS m
  JOIN reconcile_accounts AS accounts
    ON accounts.side = 'meter' AND accounts.provider = m.provider
    AND accounts.spelled_project IS NOT DISTINCT FROM m.raw_project
    AND accounts.spelled_account IS NOT DISTINCT FROM m.raw_account
  JOIN reconcile_frames AS frames ON frames.provider = m.provider AND frames.account = accounts.account
),
reported AS (
  SELECT v.*, accounts.account, frames.grain
  FROM reconcile_vendor_rows AS v
  JOIN reconcile_accounts AS accounts
    ON accounts.side = 'vendor' AND accounts.provider = v.provider
    AND accounts.spelled_project IS NOT DISTINCT FROM v.raw_project
    AND accounts.spelled_account IS NOT DISTINCT FROM v.raw_account
  JOIN reconcile_frames AS frames ON frames.provider = v.provider AND frames.account = accounts.account
),
parts AS (
  SELECT provider, account, model, token_class, tier, currency, grain AS line_grain,
    CASE WHEN grain = 'month' THEN date_trunc('month', utc_day)::DATE ELSE utc_day END AS day,
    cost AS utc_cost, CASE WHEN calls > 0 OR quantity > 0 OR free_quantity > 0
      THEN coalesce(quantity, 0) + coalesce(free_quantity, 0) END AS utc_quantity, calls, unpriced_calls, lost_calls
  FROM counted WHERE {utc_within}
  UNION ALL BY NAME
  SELECT provider, account, model, token_class, tier, currency, grain AS line_grain,
    CASE WHEN grain = 'month' THEN date_trunc('month', frame_day)::DATE ELSE frame_day END AS day,
    cost AS frame_cost, quantity AS priced_quantity, free_quantity, lost_quantity,
    blind_calls, repeated_calls, error_calls, priced_calls AS counted_calls, squares, error_quantity, held AS metered_held
  FROM (
    SELECT *, CASE label WHEN 'pacific' THEN pacific_day ELSE utc_day END AS frame_day,
      CASE member WHEN 'pacific' THEN pacific_day ELSE utc_day END AS member_day
    FROM counted
  ) WHERE {member_within}
  UNION ALL BY NAME
  SELECT provider, account, model, token_class, tier, currency, grain AS line_grain,
    CASE WHEN grain = 'month' THEN date_trunc('month', day)::DATE ELSE day END AS day,
    quantity AS vendor_quantity, reported_cost AS vendor_cost, held_quantity AS vendor_held_quantity
  FROM reported WHERE {vendor_within}
  UNION ALL BY NAME
  SELECT provider, account, model, token_class, tier, currency, line_grain, cell_day AS day,
    quantity AS vendor_charge_quantity, billed AS vendor_charge_cost
  FROM bill WHERE basis = 'vendor_reported' AND NOT is_reference
  UNION ALL BY NAME
  SELECT provider, account, model, token_class, tier, currency, line_grain, cell_day AS day,
    row_count AS bill_rows, tolerance,
    billed AS billed_cost,
    CASE WHEN kind = 'usage' THEN quantity END AS billed_quantity,
    CASE WHEN kind = 'usage' THEN listed END AS listed,
    CASE WHEN kind = 'usage' THEN contracted END AS contracted,
    CASE WHEN kind = 'usage' THEN billed END AS billed_usage,
    CASE WHEN kind = 'tax' THEN billed END AS tax,
    CASE WHEN kind = 'fee' THEN billed END AS fee,
    CASE WHEN kind = 'credit' THEN billed END AS credit,
    CASE WHEN kind = 'rounding' THEN billed END AS rounding_rows,
    CASE WHEN kind = 'usage' AND is_long AND NOT is_held THEN quantity END AS long_quantity,
    CASE WHEN kind = 'usage' AND is_long AND NOT is_held THEN listed END AS long_listed,
    CASE WHEN kind = 'usage' AND is_regional AND NOT is_held AND NOT is_long THEN quantity END AS regional_quantity,
    CASE WHEN kind = 'usage' AND is_regional AND NOT is_held AND NOT is_long THEN listed END AS regional_listed,
    CASE WHEN kind = 'usage' AND is_held THEN quantity END AS held_quantity,
    CASE WHEN kind = 'usage' AND is_held THEN listed END AS held_listed,
    CASE WHEN kind = 'usage' AND NOT is_long AND NOT is_held THEN quantity END AS short_quantity,
    CASE WHEN kind = 'usage' AND NOT is_long AND NOT is_held THEN listed END AS short_listed,
    CASE WHEN kind = 'usage' AND NOT is_long AND NOT is_regional AND NOT is_held THEN quantity END AS base_quantity,
    CASE WHEN kind = 'usage' AND NOT is_long AND NOT is_regional AND NOT is_held THEN listed END AS base_listed
  FROM bill WHERE is_reference
)
SELECT
  provider, account,
  CASE WHEN modelless.provider IS NOT NULL THEN '' ELSE model END AS model,
  CASE
    WHEN token_class IN ('', 'other') THEN token_class
    WHEN modelless.provider IS NOT NULL THEN 'other'
    WHEN is_classless THEN 'tokens'
    ELSE token_class
  END AS token_class,
  tier, currency, day,
  {sums}
FROM parts
LEFT JOIN grain USING (provider, account, model)
LEFT JOIN modelless USING (provider, account)
GROUP BY ALL

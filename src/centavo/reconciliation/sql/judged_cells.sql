-- Cells with what is known of the bill around them: whether there is one, whether it may still grow,
-- and which of its two unit prices (list or contracted) the meter's price is to be held against: a
-- discount that the meter knows is no gap. Where the meter knows the list price of other classes of
-- the model, it knows no discount, and a price that is neither of the two is held against the list.
WITH priced_lines AS (
  SELECT *,
    abs(frame_cost::DOUBLE / priced_quantity::DOUBLE * billed_quantity::DOUBLE / nullif(listed, 0)::DOUBLE - 1) AS list_distance,
    abs(frame_cost::DOUBLE / priced_quantity::DOUBLE * billed_quantity::DOUBLE / nullif(contracted, 0)::DOUBLE - 1) AS contracted_distance,
    bool_or(list_distance < 0.005) OVER (PARTITION BY provider, account, model, currency) AS is_at_list
  FROM (
    SELECT provider, account, model, token_class, tier, currency,
      sum(frame_cost) AS frame_cost, nullif(sum(priced_quantity), 0) AS priced_quantity,
      sum(billed_quantity) AS billed_quantity, sum(listed) AS listed, sum(contracted) AS contracted
    FROM reconcile_cells GROUP BY ALL
  )
)
SELECT
  reconcile_cells.*,
  coalesce(vendor_quantity, vendor_charge_quantity) AS vendor_tokens,
  coalesce(months.has_rows OR (months.is_open AND day >= bills.first_day), false) AS has_reference,
  coalesce(
    day > bills.last_day
      OR day + INTERVAL {late_days} DAY > bills.exported_day
      OR (bills.exported_day IS NULL AND months.is_open AND day + INTERVAL {late_days} DAY > bills.last_day),
    false) AS is_late,
  coalesce(months.is_open, false) AS is_preliminary,
  coalesce(reconcile_cells.billed_quantity, CASE WHEN billed_usage IS NOT NULL THEN vendor_tokens END) AS reference_quantity,
  CASE WHEN contracted_distance < list_distance AND (contracted_distance < 0.005 OR NOT is_at_list)
    THEN reconcile_cells.contracted ELSE reconcile_cells.listed END AS list_cost,
  -- Of the day, else of the period.
  coalesce(sum(base_listed) OVER base, sum(base_listed) OVER line) AS base_cost,
  CASE WHEN sum(base_listed) OVER base IS NULL THEN sum(base_quantity) OVER line ELSE sum(base_quantity) OVER base END AS base_tokens,
  coalesce(sum(short_listed) OVER base, sum(short_listed) OVER line) AS short_cost,
  CASE WHEN sum(short_listed) OVER base IS NULL THEN sum(short_quantity) OVER line ELSE sum(short_quantity) OVER base END AS short_tokens,
  bills.grade
FROM reconcile_cells
LEFT JOIN priced_lines USING (provider, account, model, token_class, tier, currency)
LEFT JOIN reconcile_bills AS bills USING (provider)
LEFT JOIN reconcile_months AS months
  ON months.provider = reconcile_cells.provider AND months.month = date_trunc('month', reconcile_cells.day)::DATE
WINDOW
  line AS (PARTITION BY reconcile_cells.provider, account, model, token_class, tier, currency),
  base AS (PARTITION BY reconcile_cells.provider, account, model, token_class, tier, currency, day)

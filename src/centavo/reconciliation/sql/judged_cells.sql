-- Cells with what is known of the bill around them: whether there is one, whether it may still grow,
-- and which of its two unit prices (list or contracted) the meter's price is to be held against: a
-- discount that the meter knows is no gap.
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
  coalesce(billed_quantity, CASE WHEN billed_usage IS NOT NULL THEN vendor_tokens END) AS reference_quantity,
  CASE WHEN abs(sum(contracted) OVER line::DOUBLE / nullif(sum(billed_quantity) OVER line, 0)::DOUBLE
      - sum(frame_cost) OVER line::DOUBLE / nullif(sum(priced_quantity) OVER line, 0)::DOUBLE)
    < abs(sum(listed) OVER line::DOUBLE / nullif(sum(billed_quantity) OVER line, 0)::DOUBLE
      - sum(frame_cost) OVER line::DOUBLE / nullif(sum(priced_quantity) OVER line, 0)::DOUBLE)
    THEN contracted ELSE listed END AS list_cost,
  sum(base_listed) OVER base AS base_cost,
  sum(base_quantity) OVER base AS base_tokens,
  bills.grade
FROM reconcile_cells
LEFT JOIN reconcile_bills AS bills USING (provider)
LEFT JOIN reconcile_months AS months
  ON months.provider = reconcile_cells.provider AND months.month = date_trunc('month', reconcile_cells.day)::DATE
WINDOW
  line AS (PARTITION BY reconcile_cells.provider, account, model, token_class, tier, currency),
  base AS (PARTITION BY reconcile_cells.provider, account, model, token_class, tier, currency, day)

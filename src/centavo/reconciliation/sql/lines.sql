-- Lines as the ledger keeps them: cells of every tier together, with the status of the line.
CREATE OR REPLACE TEMP TABLE reconcile_lines AS
WITH summed AS (
  SELECT
    provider, account, model, token_class, currency, day,
    any_value(grade) FILTER (has_reference) AS grade,
    any_value(line_grain) AS line_grain,
    bool_or(is_preliminary) AS is_preliminary,
    sum(coalesce(utc_quantity, 0)) FILTER (utc_quantity IS NOT NULL)::DECIMAL(38,12) AS metered_quantity,
    sum(utc_cost)::DECIMAL(38,12) AS metered_cost,
    sum(vendor_tokens)::DECIMAL(38,12) AS vendor_quantity,
    sum(coalesce(vendor_charge_cost, vendor_cost))::DECIMAL(38,12) AS vendor_cost,
    sum(billed_quantity)::DECIMAL(38,12) AS billed_quantity,
    sum(list_cost)::DECIMAL(38,12) AS billed_list_cost,
    sum(billed_cost)::DECIMAL(38,12) AS billed_cost,
    sum(gap_cost)::DECIMAL(38,12) AS gap_cost,
    {causes},
    sum(tolerance) AS tolerance,
    sum(abs({quantity_causes})) AS quantity_part,
    sum(abs({price_causes})) AS price_part,
    sum(calls)::BIGINT AS metered_calls,
    sum(unpriced_calls)::BIGINT AS unpriced_calls,
    sum(lost_calls)::BIGINT AS failed_calls,
    sum(bill_rows)::BIGINT AS bill_rows
  FROM reconcile_causes
  GROUP BY ALL
)
SELECT
  md5(concat_ws('|', 'reconcile', day, provider, account, model, token_class, currency)) AS line_id,
  'reconcile' AS source,
  'reconcile' AS batch_id,
  day::TIMESTAMP AS interval_start,
  CASE WHEN line_grain = 'month' THEN day + INTERVAL 1 MONTH ELSE day + INTERVAL 1 DAY END::TIMESTAMP AS interval_end,
  provider,
  nullif(account, '') AS account,
  nullif(model, '') AS model,
  nullif(token_class, '') AS token_class,
  currency,
  grade,
  CASE
    WHEN bill_rows IS NULL THEN 'metered_only'
    WHEN metered_quantity IS NULL AND quantity_part + price_part > 0 THEN 'billed_only'
    WHEN quantity_part + price_part <= greatest({share} * greatest(abs(coalesce(billed_list_cost, 0)), coalesce(metered_cost, 0)), {amount}, tolerance)
      THEN CASE WHEN metered_quantity IS NULL THEN 'billed_only' ELSE 'matched' END
    WHEN quantity_part >= price_part THEN 'quantity_gap'
    ELSE 'price_gap'
  END AS status,
  is_preliminary,
  metered_quantity, metered_cost, vendor_quantity, vendor_cost,
  billed_quantity, billed_list_cost, billed_cost, gap_cost,
  {cause_names},
  metered_calls, unpriced_calls, failed_calls, bill_rows
FROM summed
WHERE coalesce(metered_quantity, vendor_quantity, bill_rows, metered_calls) IS NOT NULL

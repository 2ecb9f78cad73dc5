-- The vendors' usage reports with one row for each class of tokens, under the names that bills go by.
CREATE OR REPLACE TEMP TABLE reconcile_vendor_rows AS
SELECT
  reported.day, names.provider, raw_project, raw_account,
  coalesce(names.model, '') AS model,
  coalesce(tier, 'standard') AS tier,
  coalesce(currency, currencies.to_currency) AS currency,
  class.token_class, class.quantity,
  -- A cost of the whole report belongs to no class.
  CASE WHEN class.token_class = 'input' THEN reported_cost END AS reported_cost,
  CASE WHEN class.token_class = 'cache_write' THEN held_quantity END AS held_quantity
FROM (
  SELECT *, unnest([
    {{'token_class': 'input', 'quantity': input_quantity}},
    {{'token_class': 'cache_read', 'quantity': cache_read_quantity}},
    {{'token_class': 'cache_write', 'quantity': cache_write_quantity}},
    {{'token_class': 'output', 'quantity': output_quantity}},
    {{'token_class': 'search', 'quantity': search_quantity}}
  ]) AS class
  FROM reconcile_reported
) AS reported
JOIN reconcile_names AS names
  ON names.spelled_provider IS NOT DISTINCT FROM reported.raw_provider
  AND names.spelled_model IS NOT DISTINCT FROM reported.raw_model
JOIN reconcile_currencies AS currencies USING (provider)
WHERE class.quantity IS NOT NULL

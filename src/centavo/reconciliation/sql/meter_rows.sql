-- The meter with one row for each class of tokens, under the names that bills go by.
CREATE OR REPLACE TEMP TABLE reconcile_meter_rows AS
SELECT
  utc_day, pacific_day, names.provider, raw_project, raw_account,
  coalesce(names.model, '') AS model,
  coalesce(tier, 'standard') AS tier,
  coalesce(currency, currencies.to_currency) AS currency,
  class.token_class,
  -- Calls stand with one class only, or they would be counted once for each.
  CASE WHEN class.token_class = 'input' THEN calls END AS calls,
  CASE WHEN class.token_class = 'input' AND kind = 'unpriced' THEN calls END AS unpriced_calls,
  CASE WHEN class.token_class = 'input' AND kind = 'lost' THEN calls END AS lost_calls,
  CASE WHEN class.token_class = 'input' AND is_blind THEN calls END AS blind_calls,
  CASE WHEN class.token_class = 'input' AND is_repeated THEN calls END AS repeated_calls,
  CASE WHEN class.token_class = 'input' AND is_error THEN calls END AS error_calls,
  CASE WHEN is_cost THEN calls END AS priced_calls,
  CASE WHEN is_cost THEN class.quantity END AS quantity,
  CASE WHEN is_cost THEN class.cost END AS cost,
  CASE WHEN is_cost THEN class.squares END AS squares,
  CASE WHEN is_cost AND class.token_class = 'cache_write' THEN cache_write_1h_tokens END AS held,
  CASE WHEN kind = 'unpriced' THEN class.quantity END AS free_quantity,
  CASE WHEN kind = 'lost' THEN class.quantity END AS lost_quantity,
  CASE WHEN kind = 'failed' THEN class.quantity END AS error_quantity
FROM (
  SELECT *, kind IN ('priced', 'failed') AS is_cost, unnest([
    {classes}
  ]) AS class
  FROM reconcile_metered
) AS metered
JOIN reconcile_names AS names
  ON names.spelled_provider IS NOT DISTINCT FROM metered.raw_provider
  AND names.spelled_model IS NOT DISTINCT FROM metered.raw_model
JOIN reconcile_currencies AS currencies USING (provider)
WHERE class.token_class = 'input' OR class.quantity <> 0 OR class.cost <> 0

-- For every pair of prices the cause whose factor comes nearest, if it comes within half a percent.
CREATE OR REPLACE TEMP TABLE reconcile_price_reasons AS
SELECT provider, model, token_class, tier, day, meter_price, bill_price, arg_min(cause, distance) AS cause
FROM (
  SELECT DISTINCT cells.provider, cells.model, cells.token_class, cells.tier, cells.day, meter_price, bill_price, cause,
    abs(bill_price::DOUBLE / meter_price::DOUBLE / factor - 1) AS distance
  FROM reconcile_priced AS cells
  JOIN reconcile_price_factors USING (provider, model, token_class, tier, day)
  WHERE meter_price > 0 AND bill_price > 0
)
WHERE distance < 0.005
GROUP BY ALL

-- Rows with their amounts in {target} too, and where each rate comes from. Order: the amount is in
-- the target already; the user's file knows the day; the bill's own rate leads to the target.
-- Otherwise _divide is NULL, and so is every converted amount: unknown, not zero.
SELECT
  * EXCLUDE (_multiply, _divide)
  {converted}
FROM (
  SELECT
    cost_row.*,
    CASE
      WHEN currency = {target} THEN 'same currency'
      WHEN rate.base IS NOT NULL THEN rate.source
      WHEN fx_currency = {target} AND fx_rate > 0 THEN
        currency || ' per ' || fx_currency || ' ' || rtrim(rtrim(fx_rate::VARCHAR, '0'), '.')
        || ' from the bill'
    END AS rate_source,
    coalesce(rate.multiply, 1)::DECIMAL(38,12) AS _multiply,
    CASE
      WHEN currency = {target} THEN 1
      WHEN rate.base IS NOT NULL THEN rate.divide
      WHEN fx_currency = {target} AND fx_rate > 0 THEN fx_rate
    END::DECIMAL(38,12) AS _divide
  FROM ({relation}) AS cost_row
  LEFT JOIN exchange_rates AS rate
    ON currency = rate.base AND fx_day >= rate.first_day AND fx_day < rate.end_day
)

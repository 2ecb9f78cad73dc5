-- Requests as cost rows, in the vocabulary of billed_rows.sql. {cost} is cost or reported_cost. Two
-- meters' rows of one call are one here. Tokens that centavo counted itself are an estimate.
SELECT
  '{basis}' AS basis,
  started_at AS charged_at,
  {currency} AS currency,
  {cost}::DECIMAL(38,12) AS cost,
  NULL::DECIMAL(38,12) AS fx_rate,
  'USD' AS fx_currency,
  {dimensions}
FROM metered_events
WHERE {cost} IS NOT NULL AND {tokens}

-- Price of each thing on each day, in the currency that it is priced in: cost before credits by
-- quantity. Where a provider has no bill, of each class of tokens as metered.
WITH parts AS (
  SELECT
    provider, CASE WHEN model IS NULL THEN 'service' ELSE 'model' END AS kind,
    coalesce(model, service) AS name, account || ' ' || sku AS item, unit,
    CASE WHEN fx_rate > 0 THEN pricing_currency ELSE currency END AS price_currency,
    'billed' AS grade, fx_rate, day,
    sum(quantity_cost)::DECIMAL(38,12) AS part, sum(quantity)::DECIMAL(38,12) AS whole
  FROM bill_days
  WHERE basis = 'billed' AND category = 'Usage' AND coalesce(cost_type, 'regular') = 'regular'
    AND quantity > 0 AND sku IS NOT NULL AND NOT is_late
  GROUP BY ALL
  UNION ALL
  SELECT
    provider, 'model' AS kind, model AS name,
    class || ' ' || tier || ' ' || context_tier AS item, 'token' AS unit,
    currency AS price_currency, 'metered' AS grade, NULL::DECIMAL(38,12) AS fx_rate, day,
    sum(part)::DECIMAL(38,12) AS part, sum(whole)::DECIMAL(38,12) AS whole
  FROM (
    SELECT
      *,
      unnest(['input', 'cache read', 'cache write', 'output']) AS class,
      unnest([input_cost - coalesce(cache_read_cost, 0) - coalesce(cache_write_cost, 0),
              cache_read_cost, cache_write_cost, output_cost]) AS part,
      unnest([uncached_tokens, cache_read_tokens, cache_write_tokens, output_tokens])::DECIMAL(38,12)
        AS whole
    FROM call_hours
    WHERE cost IS NOT NULL AND NOT is_late
      AND provider NOT IN (SELECT provider FROM bill_days WHERE model IS NOT NULL AND quantity > 0)
  )
  WHERE whole > 0 AND part IS NOT NULL AND model IS NOT NULL
  GROUP BY ALL
)
SELECT
  provider, kind, name, item, unit, price_currency, grade, day,
  sum(CASE WHEN fx_rate > 0 THEN decimal_div(part, fx_rate) ELSE part END)::DECIMAL(38,12) AS cost,
  sum(whole)::DECIMAL(38,12) AS quantity
FROM parts
GROUP BY ALL

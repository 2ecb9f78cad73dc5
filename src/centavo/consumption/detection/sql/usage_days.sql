-- Daily spend of each place and item, with one price for the whole period: what changes is usage.
-- "usage" is before credits and at each SKU's median unit price (in the currency it is billed in);
-- "cost" is what was due. Both in "unit". What is still arriving is late.
WITH median_prices AS (
  SELECT *, median(quantity_cost / quantity) FILTER (quantity_cost > 0) OVER (
    PARTITION BY provider, account, project, sku, unit, tier, token_class, model, currency
  ) AS median_price
  FROM bill_days
  WHERE quantity > 0
), factors AS (
  SELECT day, provider, currency, account, project, application, environment, model, service,
    sum(quantity_cost) AS priced_cost, sum(quantity * median_price) AS constant_cost
  FROM median_prices
  WHERE quantity_cost > 0
  GROUP BY ALL
)
SELECT
  s.day, s.unit, s.provider,
  s.application,
  CASE WHEN s.application IS NOT NULL THEN s.environment END AS environment,
  CASE WHEN s.application IS NULL THEN s.project END AS project,
  CASE WHEN s.application IS NULL AND s.project IS NULL THEN s.account END AS account,
  s.model,
  CASE WHEN s.model IS NULL THEN s.service END AS service,
  s.is_late,
  min(s.grade) AS grade,
  sum(s.gross_amount * CASE WHEN f.priced_cost > 0 AND s.gross > 0
    THEN 1 + (f.constant_cost - f.priced_cost) / greatest(s.gross, f.priced_cost) ELSE 1 END
  )::DECIMAL(38,12) AS usage,
  sum(s.amount)::DECIMAL(38,12) AS cost
FROM spend_days AS s
LEFT JOIN factors AS f ON s.grade = 'billed' AND f.day = s.day AND f.provider = s.provider
  AND f.currency = s.currency
  AND f.account IS NOT DISTINCT FROM s.account AND f.project IS NOT DISTINCT FROM s.project
  AND f.application IS NOT DISTINCT FROM s.application
  AND f.environment IS NOT DISTINCT FROM s.environment
  AND f.model IS NOT DISTINCT FROM s.model AND f.service IS NOT DISTINCT FROM s.service
WHERE coalesce(s.category, 'Usage') IN ('Usage', 'Purchase')
GROUP BY ALL

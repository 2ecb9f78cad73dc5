-- What each bill would have been without discounts and credits, and what they took off, by day. Free
-- tiers and sustained use come back each month and are left out.
SELECT
  provider, account, project, application, service, sku, currency, day,
  sum(list)::DECIMAL(38,12) AS list_cost,
  sum(list - cost + monthly_credit)::DECIMAL(38,12) AS taken_off
FROM bill_days
WHERE basis = 'billed' AND category = 'Usage' AND coalesce(cost_type, 'regular') = 'regular'
  AND list > 0 AND NOT is_late
GROUP BY ALL

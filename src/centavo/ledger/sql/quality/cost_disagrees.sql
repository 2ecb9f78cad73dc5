-- The log states a cost and the price book computes another: neither is trusted in silence.
SELECT
  count(*) AS concerned,
  'the log states a cost of its own on ' || count(*) || ' priced requests and the price book differs by over 1 % on '
  || count(*) FILTER (abs(cost - reported_cost) > 0.01::DECIMAL(18,12) * abs(reported_cost))
  || ' of them; --basis vendor_reported shows the stated cost' AS message
FROM new_rows
WHERE cost IS NOT NULL AND reported_cost IS NOT NULL AND cost_currency = 'USD'
HAVING count(*) FILTER (abs(cost - reported_cost) > 0.01::DECIMAL(18,12) * abs(reported_cost)) > 0;

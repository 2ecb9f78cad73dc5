-- One account billed in several currencies: its cost column must not be added up as it stands.
SELECT
  sum(n)::BIGINT AS concerned,
  'the bill mixes ' || count(*) || ' currencies (' || string_agg(BillingCurrency || ' ' || n || ' rows', ', ' ORDER BY n DESC, BillingCurrency)
  || '): amounts are kept apart unless --currency converts them' AS message
FROM (SELECT BillingCurrency, count(*) AS n FROM new_rows GROUP BY BillingCurrency)
HAVING count(*) > 1;

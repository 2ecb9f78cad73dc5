-- How well a bill's daily tokens fit the meter's UTC days and its US Pacific days. With u, p and b the
-- meter's two series and the bill's: if the bill is cut by Pacific days, sum((b-u)^2) - sum((b-p)^2)
-- comes close to sum((p-u)^2); if by UTC days, to its negative. A constant share that no meter saw
-- cancels out of the difference. Counts, not money, so DOUBLE will do.
WITH sides AS (
  SELECT r.provider, accounts.account, model, token_class, day, quantity AS b, NULL::DECIMAL(38,12) AS u, NULL::DECIMAL(38,12) AS p
  FROM reconcile_bill_rows AS r
  JOIN reconcile_accounts AS accounts
    ON accounts.side = 'bill' AND accounts.provider = r.provider
    AND accounts.spelled_project IS NOT DISTINCT FROM r.raw_project
    AND accounts.spelled_account IS NOT DISTINCT FROM r.raw_account
  WHERE is_in_scope AND kind = 'usage' AND quantity IS NOT NULL
  UNION ALL
  SELECT m.provider, accounts.account, model, token_class, utc_day, NULL, quantity, NULL
  FROM reconcile_meter_rows AS m
  JOIN reconcile_accounts AS accounts
    ON accounts.side = 'meter' AND accounts.provider = m.provider
    AND accounts.spelled_project IS NOT DISTINCT FROM m.raw_project
    AND accounts.spelled_account IS NOT DISTINCT FROM m.raw_account
  UNION ALL
  SELECT m.provider, accounts.account, model, token_class, pacific_day, NULL, NULL, quantity
  FROM reconcile_meter_rows AS m
  JOIN reconcile_accounts AS accounts
    ON accounts.side = 'meter' AND accounts.provider = m.provider
    AND accounts.spelled_project IS NOT DISTINCT FROM m.raw_project
    AND accounts.spelled_account IS NOT DISTINCT FROM m.raw_account
),
daily AS (
  SELECT provider, account, model, token_class, day,
    coalesce(sum(b), 0)::DOUBLE AS b, coalesce(sum(u), 0)::DOUBLE AS u, coalesce(sum(p), 0)::DOUBLE AS p
  FROM sides GROUP BY ALL
)
SELECT provider, account, sum((b - u) ** 2 - (b - p) ** 2), sum((p - u) ** 2)
FROM daily
-- Days that the bill does not have say nothing about how it is cut.
SEMI JOIN (SELECT DISTINCT provider, account, day FROM daily WHERE b <> 0) USING (provider, account, day)
GROUP BY ALL

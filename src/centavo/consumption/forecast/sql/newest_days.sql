-- By evidence, source and account: the newest day, and when what is newest was fetched. A log's last day
-- is whole when it goes on into the day's last two hours.
SELECT
  x_CostBasis AS evidence,
  x_Source AS source,
  BillingAccountId AS account,
  max(ChargePeriodStart)::DATE AS newest_day,
  max(x_SourceExportTime)::DATE AS fetched_day
FROM charges
WHERE ChargePeriodStart < TIMESTAMP '{until}'
GROUP BY ALL
UNION ALL
SELECT
  'metered',
  source,
  NULL,
  max(started_at)::DATE,
  (max(started_at) + INTERVAL 2 HOUR)::DATE
FROM usage_events
WHERE started_at < TIMESTAMP '{until}'
GROUP BY ALL

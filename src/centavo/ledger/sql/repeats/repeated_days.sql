-- The two files that have most days in common, of those of the suspected days that are alike row for row.
WITH sides AS (
  SELECT batch_id AS x_IngestionBatchId, * EXCLUDE (batch_id, other_id) FROM suspected_days
  UNION
  SELECT other_id AS x_IngestionBatchId, * EXCLUDE (batch_id, other_id) FROM suspected_days
),
prints AS (
  SELECT x_IngestionBatchId, x_Source, BillingAccountId, BillingPeriodStart, charged,
         sum(hash({said})::HUGEINT) AS print, count(*) AS row_count
  FROM (FROM new_charges UNION ALL FROM live_charges)
  SEMI JOIN sides USING (x_IngestionBatchId, x_Source, BillingAccountId, BillingPeriodStart, charged)
  GROUP BY ALL
)
SELECT
  batch_id,
  other_id,
  CASE WHEN count(DISTINCT BillingAccountId) = 1 THEN 'account ' || min(BillingAccountId)
    ELSE count(DISTINCT BillingAccountId) || ' accounts' END AS whose,
  count(DISTINCT charged)::BIGINT AS days,
  sum(mine.row_count)::BIGINT AS row_count,
  min(charged)::VARCHAR AS first_day
FROM suspected_days
JOIN prints mine USING (x_Source, BillingAccountId, BillingPeriodStart, charged)
JOIN prints theirs USING (x_Source, BillingAccountId, BillingPeriodStart, charged, print)
WHERE mine.x_IngestionBatchId = batch_id AND theirs.x_IngestionBatchId = other_id
GROUP BY ALL
ORDER BY days DESC, row_count DESC, batch_id, other_id
LIMIT 1

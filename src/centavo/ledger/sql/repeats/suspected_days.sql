-- Days of a slice with as many rows and the same cost in a new file and in another one that stays.
WITH fresh AS (
  SELECT x_IngestionBatchId, x_Source, BillingAccountId, BillingPeriodStart, charged,
         count(*) AS row_count, sum(BilledCost) AS cost
  FROM new_charges
  GROUP BY ALL
  HAVING sum(BilledCost) <> 0
),
others AS (
  FROM fresh
  UNION ALL
  SELECT x_IngestionBatchId, x_Source, BillingAccountId, BillingPeriodStart, charged,
         count(*) AS row_count, sum(BilledCost) AS cost
  FROM live_charges
  WHERE charged BETWEEN (SELECT min(charged) FROM fresh) AND (SELECT max(charged) FROM fresh)
  GROUP BY ALL
)
SELECT fresh.x_IngestionBatchId AS batch_id, others.x_IngestionBatchId AS other_id,
       x_Source, BillingAccountId, BillingPeriodStart, charged
FROM fresh JOIN others USING (x_Source, BillingAccountId, BillingPeriodStart, charged, row_count, cost)
WHERE fresh.x_IngestionBatchId <> others.x_IngestionBatchId

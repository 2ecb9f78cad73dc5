-- What a fact table holds, by source and month: rows, batches and days.
SELECT
  {source} AS source,
  strftime({time}, '%Y-%m') AS month,
  count(*)::BIGINT AS row_count,
  count(DISTINCT {batch})::BIGINT AS files,
  min({time})::DATE::VARCHAR AS first_day,
  max({time})::DATE::VARCHAR AS last_day
FROM {table}
GROUP BY ALL
ORDER BY source, month

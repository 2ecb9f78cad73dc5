-- The same requests at list price as they were and as they would have been; only those with both.
SELECT
  count(*)::BIGINT AS requests,
  sum(was.recorded_cost)::DECIMAL(38,12) AS recorded,
  sum(was.cost)::DECIMAL(38,12) AS was_cost,
  sum(now.cost)::DECIMAL(38,12) AS now_cost
FROM (SELECT event_id, recorded_cost, cost, cost_currency FROM ({was})) AS was
JOIN (SELECT event_id, cost, cost_currency FROM ({now})) AS now USING (event_id)
WHERE was.cost IS NOT NULL AND now.cost IS NOT NULL AND was.cost_currency = now.cost_currency

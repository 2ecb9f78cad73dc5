-- What really ran: one row for each request of the period, whatever meters saw it, with the dimensions
-- that the answer is grouped by. Texts that only tell requests apart are kept as 64-bit hashes: writing
-- the texts of ten million requests would take longer than everything else.
SELECT
  {columns},
  {scope}
  -- Logs name the first try by their own id, which is kept in the labels.
  CASE
    WHEN parent_event_id IS NOT NULL THEN parent_event_id
    WHEN attempt > 1 AND labels LIKE '%"parent_event_id"%'
      THEN json_extract_string(labels, '$.parent_event_id')
  END AS try_of,
  try_of IS NOT NULL AS is_retry,
  hash(coalesce(try_of, event_id)) AS chain_key,
  CASE WHEN messages_hash IS NOT NULL
    THEN hash(requested_model, system_hash, tools_hash, messages_hash) END AS call_key,
  -- A log that cuts its inputs off makes different requests look the same, also those that nobody
  -- suspects: of such a file no two inputs are known to be alike.
  coalesce(labels LIKE '%"input_cut_off"%', false)
    OR batch_id IN (
      SELECT batch_id FROM metered_events WHERE labels LIKE '%"input_cut_off":"suspected"%'
    ) AS is_cut_off,
  cost AS recorded_cost,
  cost_currency AS recorded_currency,
  {cost_columns}
FROM metered_events
WHERE {filter}

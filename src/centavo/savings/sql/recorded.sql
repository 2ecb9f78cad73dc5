-- What really ran: one row for each request of the period, whatever meters saw it, with the dimensions
-- that the answer is grouped by.
SELECT
  {columns},
  {scope}
  -- A log that cuts its inputs off makes different requests look the same.
  coalesce(labels LIKE '%"input_cut_off"%', false) AS is_cut_off,
  -- Logs name the first try by their own id, which is kept in the labels.
  CASE
    WHEN parent_event_id IS NOT NULL THEN parent_event_id
    WHEN attempt > 1 AND labels LIKE '%"parent_event_id"%'
      THEN json_extract_string(labels, '$.parent_event_id')
  END AS try_of,
  cost AS recorded_cost,
  cost_currency AS recorded_currency,
  {cost_columns}
FROM metered_events
WHERE {filter}

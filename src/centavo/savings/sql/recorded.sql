-- What really ran: one row for each request of the period, whatever meters saw it, with the dimensions
-- that the answer is grouped by.
SELECT
  {columns},
  {scope}
  -- A log that cuts its inputs off makes different requests look the same.
  coalesce(labels LIKE '%"input_cut_off"%', false) AS is_cut_off,
  cost AS recorded_cost,
  cost_currency AS recorded_currency,
  {cost_columns}
FROM metered_events
WHERE {filter}

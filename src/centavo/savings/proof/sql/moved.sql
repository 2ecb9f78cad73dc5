-- Requests of some days as if made on the days from {first} until {until}, on the same weekday, so that
-- the price book answers with the prices of those days.
SELECT
  * EXCLUDE (started_at, {cost_columns}),
  started_at::DATE AS own_day,
  started_at + to_days({shift}) AS started_at
FROM metered_events
WHERE {where} AND started_at >= TIMESTAMP '{since}' AND started_at < TIMESTAMP '{end}'

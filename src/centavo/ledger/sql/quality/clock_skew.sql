-- Calls of a time that is not yet, or of before there were such calls: a wrong clock, or a time in a unit
-- that is another one. Spans are looked at by their own source, which sees their ends too.
SELECT
  count(*) AS concerned,
  count(*) || ' requests start after now or before 2015, the first at ' || min(started_at)
  || ' and the last at ' || max(started_at) || '; their clock is wrong' AS message
FROM new_rows
WHERE source <> 'otel' AND started_at_basis IN ('stated', 'answer', 'header')
  AND (started_at > getvariable('now') + INTERVAL 1 HOUR OR started_at < TIMESTAMP '2015-01-01')
HAVING count(*) > 0;

-- The days of one scope, for a reader to recompute from: usage at one price, and what was due.
SELECT day, sum(usage) AS usage, sum(cost) AS cost, min(grade) AS grade, bool_or(is_late) AS is_late
FROM usage_days
WHERE unit = {unit} AND {scope} AND day >= {since} AND day < {until}
GROUP BY day
ORDER BY day

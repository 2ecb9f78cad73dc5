-- Hours of the log without a request, beside how many requests such an hour of the week usually has.
WITH hours AS (SELECT hour, sum(requests) AS requests, sum(cost) AS cost FROM call_hours GROUP BY ALL),
span AS (SELECT min(hour) AS first_hour, max(hour) AS last_hour FROM hours),
calendar AS (
  SELECT hour, dayofweek(hour) * 24 + extract('hour' FROM hour) AS hour_of_week
  FROM (SELECT unnest(generate_series(first_hour, last_hour, INTERVAL 1 HOUR)) AS hour FROM span)
  WHERE (SELECT last_hour - first_hour >= INTERVAL 14 DAY FROM span)
),
usual AS (
  SELECT hour_of_week, (sum(coalesce(requests, 0)) / count(*))::DECIMAL(18,3) AS usual_requests,
    decimal_div(sum(coalesce(cost, 0))::DECIMAL(38,12), count(*)) AS usual_cost
  FROM calendar LEFT JOIN hours USING (hour) GROUP BY ALL
),
missing AS (
  SELECT calendar.hour, usual_requests, usual_cost, row_number() OVER (ORDER BY calendar.hour) AS number
  FROM calendar JOIN usual USING (hour_of_week) ANTI JOIN hours ON hours.hour = calendar.hour
)
SELECT
  min(hour) AS first_missing, max(hour) AS last_missing, count(*)::BIGINT AS missing_hours,
  sum(usual_requests)::DECIMAL(18,3) AS usual_requests, sum(usual_cost)::DECIMAL(38,12) AS usual_cost
FROM missing
GROUP BY hour - to_hours(number)
HAVING sum(usual_requests) >= {usual_requests}
ORDER BY first_missing

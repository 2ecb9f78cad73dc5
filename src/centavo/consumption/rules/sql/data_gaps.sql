-- Days without a row in bills that otherwise have one nearly every day, and what a day usually costs.
WITH days AS (
  SELECT provider, account, unit AS currency, day, sum(amount) AS cost
  FROM spend_days
  WHERE grade = 'billed' AND category = 'Usage' AND account IS NOT NULL
  GROUP BY ALL
),
spans AS (
  SELECT
    provider, account, currency, min(day) AS first_day, max(day) AS last_day, count(*) AS days,
    (max(day) - min(day) + 1)::BIGINT AS length, sum(cost) AS cost
  FROM days GROUP BY ALL
),
missing AS (
  SELECT
    provider, account, currency, day::DATE AS day, days, length, cost,
    row_number() OVER (PARTITION BY provider, account, currency ORDER BY day) AS number
  FROM (
    SELECT *, unnest(generate_series(first_day, last_day, INTERVAL 1 DAY))::DATE AS day FROM spans
    WHERE length >= {least_days} AND days >= length * {present_share}
  )
  ANTI JOIN days USING (provider, account, currency, day)
)
SELECT
  provider, account, currency, min(day) AS first_missing, max(day) AS last_missing,
  count(*)::BIGINT AS missing_days, any_value(days) AS days_with_rows,
  decimal_div(any_value(cost), any_value(days)) AS cost_per_day
FROM missing
GROUP BY provider, account, currency, day - number::INTEGER
ORDER BY first_missing

-- Pairs of clients whose windows rise and fall together beyond the daily rhythm: the correlation of
-- the changes from window to window, over windows in which both have traffic.
WITH clients AS (
  SELECT place, kind, client, sum(requests) AS total, count(*) AS windows,
    sum(input_tokens) / sum(requests) AS mean_input,
    sum(output_tokens) / nullif(sum(requests_with_output), 0) AS mean_output,
    sum(cost) AS cost, any_value(currency) AS currency
  FROM client_windows GROUP BY ALL
  HAVING windows >= {windows} AND total >= {windows}
),
changes AS (
  SELECT place, kind, client, moment, requests,
    ln(requests) - lag(ln(requests)) OVER each_client AS change,
    moment - lag(moment) OVER each_client AS step
  FROM client_windows SEMI JOIN clients USING (place, kind, client)
  WINDOW each_client AS (PARTITION BY place, kind, client ORDER BY moment)
),
pairs AS (
  SELECT a.place, a.kind, a.client AS client_a, b.client AS client_b,
    a.total AS requests_a, b.total AS requests_b, a.mean_input AS mean_input_a,
    b.mean_input AS mean_input_b, a.mean_output AS mean_output_a, b.mean_output AS mean_output_b,
    a.cost AS cost_a, b.cost AS cost_b, a.currency
  FROM clients a JOIN clients b USING (place, kind)
  WHERE a.client < b.client AND a.total BETWEEN b.total * 0.8 AND b.total * 1.25
    AND coalesce(a.mean_input BETWEEN b.mean_input * 0.9 AND b.mean_input * 1.1, true)
)
SELECT
  pairs.*, corr(a.change, b.change) AS correlation, count(*) AS common_windows,
  min(a.moment) AS first_seen, max(a.moment) AS last_seen
FROM pairs
JOIN changes a ON a.place = pairs.place AND a.kind = pairs.kind AND a.client = client_a
JOIN changes b ON b.place = pairs.place AND b.kind = pairs.kind AND b.client = client_b
  AND b.moment = a.moment AND b.step = a.step
WHERE a.change IS NOT NULL AND b.change IS NOT NULL
GROUP BY ALL
HAVING common_windows >= {windows} AND stddev_pop(a.change) > 0 AND stddev_pop(b.change) > 0
  AND correlation >= {correlation}
ORDER BY correlation DESC

-- Each client's requests in the last seven days and in the seven before.
SELECT
  place, kind, client, currency,
  coalesce(sum(requests) FILTER (moment < ends - INTERVAL 7 DAY), 0)::HUGEINT AS requests_before,
  coalesce(sum(requests) FILTER (moment >= ends - INTERVAL 7 DAY), 0)::HUGEINT AS requests_now,
  coalesce(sum(cost) FILTER (moment < ends - INTERVAL 7 DAY), 0)::DECIMAL(38,12) AS cost_before,
  sum(cost) FILTER (moment >= ends - INTERVAL 7 DAY)::DECIMAL(38,12) AS cost_now,
  any_value(ends) AS until,
  sum(sum(requests) FILTER (moment >= ends - INTERVAL 7 DAY)) OVER (PARTITION BY place, kind)::HUGEINT
    AS all_requests_now
FROM client_windows JOIN (
  SELECT place, kind, max(moment)::DATE + INTERVAL 1 DAY AS ends, min(moment) AS begins
  FROM client_windows GROUP BY ALL
) USING (place, kind)
WHERE moment >= ends - INTERVAL 14 DAY AND begins <= ends - INTERVAL 13 DAY
GROUP BY place, kind, client, currency
ORDER BY place, kind, currency, requests_now DESC

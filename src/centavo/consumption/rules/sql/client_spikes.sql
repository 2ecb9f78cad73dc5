-- Windows in which a client sent many times what it sends in its middle busy window, by client.
WITH busy AS (
  SELECT *, median(requests) OVER (PARTITION BY place, kind, client) AS usual_requests,
    median(cost) OVER (PARTITION BY place, kind, client) AS usual_cost
  FROM client_windows
  WHERE requests > 0
)
SELECT
  place, kind, client,
  count(*)::BIGINT AS windows,
  max(requests / usual_requests)::DECIMAL(38,6) AS most_times_usual,
  max(requests)::BIGINT AS most_requests,
  any_value(usual_requests)::DECIMAL(38,6) AS usual_requests,
  sum(cost - usual_cost)::DECIMAL(38,12) AS extra_cost,
  any_value(currency) AS currency,
  min(moment) AS first_window,
  max(moment) AS last_window
FROM busy
WHERE requests > {times_usual} * usual_requests AND requests >= {least_requests}
GROUP BY ALL
ORDER BY place, kind, most_times_usual DESC

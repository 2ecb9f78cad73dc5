-- Clients by their share of the requests, and of the cost where every request has one.
SELECT
  place, kind, client, currency,
  sum(requests)::HUGEINT AS requests,
  (sum(requests) / sum(sum(requests)) OVER all_clients)::DECIMAL(18,6) AS request_share,
  sum(cost)::DECIMAL(38,12) AS cost,
  (sum(cost) / nullif(sum(sum(cost)) OVER all_clients, 0))::DECIMAL(18,6) AS cost_share,
  round(sum(input_tokens))::HUGEINT AS input_tokens,
  round(sum(output_tokens))::HUGEINT AS output_tokens,
  count(*) OVER all_clients AS clients,
  min(moment) AS first_seen, max(moment) AS last_seen
FROM client_windows
GROUP BY place, kind, client, currency
WINDOW all_clients AS (PARTITION BY place, kind, currency)
ORDER BY place, kind, currency, requests DESC

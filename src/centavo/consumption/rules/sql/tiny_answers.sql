-- Clients of traffic traces whose answers are tiny.
SELECT
  place, kind, client,
  sum(requests)::HUGEINT AS requests,
  (sum(input_tokens) / sum(requests))::DECIMAL(18,3) AS mean_input_tokens,
  (sum(output_tokens) / sum(requests))::DECIMAL(18,3) AS mean_output_tokens,
  (sum(requests) / sum(sum(requests)) OVER (PARTITION BY place))::DECIMAL(18,6) AS request_share,
  min(moment) AS first_seen, max(moment) AS last_seen
FROM client_windows
WHERE cost IS NULL AND place <> 'all requests'
GROUP BY place, kind, client
QUALIFY mean_output_tokens < {tiny_tokens}
ORDER BY place, requests DESC

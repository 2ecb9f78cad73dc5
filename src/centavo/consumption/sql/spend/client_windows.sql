-- Traffic of each tenant and key in the finest windows that its meter has: ten minutes of single
-- requests, or the intervals of a trace. Requests of all applications stand together; traces by model.
SELECT
  place, kind, client, moment,
  sum(requests)::DOUBLE AS requests,
  sum(input_tokens)::DOUBLE AS input_tokens,
  sum(output_tokens)::DOUBLE AS output_tokens,
  sum(requests) FILTER (output_tokens IS NOT NULL)::DOUBLE AS requests_with_output,
  sum(cost)::DECIMAL(38,12) AS cost,
  any_value(currency) AS currency
FROM (
  SELECT
    'all requests' AS place,
    CASE WHEN customer_id IS NOT NULL THEN 'customer' ELSE 'api_key' END AS kind,
    coalesce(customer_id, api_key_id) AS client,
    time_bucket(INTERVAL 10 MINUTE, started_at) AS moment,
    1 AS requests,
    coalesce(input_uncached_tokens, 0) + coalesce(cache_read_tokens, 0)
      + coalesce(cache_write_tokens, 0) + coalesce(cache_write_5m_tokens, 0)
      + coalesce(cache_write_1h_tokens, 0) AS input_tokens,
    output_tokens, cost::DECIMAL(38,12) AS cost, coalesce(cost_currency, 'USD') AS currency
  FROM metered_events
  WHERE {called}
  UNION ALL BY NAME
  SELECT
    source || coalesce(' ' || model, '') AS place,
    CASE WHEN customer_id IS NOT NULL THEN 'customer' ELSE 'api_key' END AS kind,
    coalesce(customer_id, api_key_id) AS client,
    interval_start AS moment,
    request_count AS requests, input_uncached_tokens AS input_tokens, output_tokens
  FROM usage_aggregates
  WHERE request_count > 0 AND interval_end - interval_start <= INTERVAL 1 DAY AND {summed}
)
WHERE client IS NOT NULL
GROUP BY ALL

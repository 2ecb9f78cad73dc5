-- Requests and cost of each application by hour, with how many of them a customer asked for.
SELECT
  project, application, environment, currency, hour,
  sum(requests)::BIGINT AS requests,
  sum(requests) FILTER (customer IS NOT NULL)::BIGINT AS customer_requests,
  sum(cost)::DECIMAL(38,12) AS cost
FROM call_hours
WHERE coalesce(application, project) IS NOT NULL AND cost IS NOT NULL AND NOT is_late
GROUP BY ALL
ORDER BY project, application, environment, currency, hour

-- Scopes whose limit on output is many times what one answer in a thousand takes.
SELECT
  application, project, environment, endpoint, model, currency,
  min(day) AS first_day, max(day) AS last_day, count(output_tokens) AS answers,
  quantile_disc(output_tokens, 0.999) AS needed, max(max_output_tokens) AS asked,
  max(max_output_tokens) * sum(output_cost) / nullif(sum(output_tokens) FILTER (output_cost IS NOT NULL), 0) AS one,
  arg_max(event_id, (max_output_tokens, output_tokens)) FILTER (max_output_tokens IS NOT NULL) AS example
FROM prompt_calls
WHERE is_error IS DISTINCT FROM true
GROUP BY application, project, environment, endpoint, model, provider, currency
HAVING answers >= {answers} AND asked >= {times} * needed AND needed > 0
ORDER BY asked / needed DESC

-- Kept answers of each scope, and what all answers of the scope cost.
WITH whole AS (
  SELECT scope_no, sum(output_cost) AS money, avg(output_tokens) AS mean_tokens,
    min(day) AS first_day, max(day) AS last_day
  FROM prompt_calls GROUP BY scope_no
)
SELECT
  any_value(application) AS application, any_value(project) AS project,
  any_value(environment) AS environment, any_value(endpoint) AS endpoint,
  any_value(model) AS model, any_value(currency) AS currency, count(*) AS hits,
  any_value(whole.first_day) AS first_day, any_value(whole.last_day) AS last_day,
  any_value(whole.money) AS money, any_value(whole.mean_tokens) AS mean_tokens,
  arg_max(event_id, (started_at, event_id)) AS example, (list(text ORDER BY event_id))[:500] AS texts
FROM prompt_calls
JOIN whole USING (scope_no)
JOIN body_parts AS part ON part.body_hash = answer_hash
JOIN body_contents USING (content_hash)
WHERE has_body AND finish_reason IS DISTINCT FROM 'tool_calls'
GROUP BY scope_no
HAVING hits >= {answers}
ORDER BY scope_no

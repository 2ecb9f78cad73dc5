-- Requests in the order of time with the text of what the user asks now, and the place in which its
-- answer may serve another: the same scope, customer, model, settings and prompt but for that text.
-- ``problem`` is why a request can neither be answered nor answer.
WITH prompts AS (
  SELECT
    request_no,
    list(content_hash ORDER BY position) FILTER (WHERE kind <> 'user') AS others,
    any_value(content_hash) FILTER (WHERE kind = 'user') AS asked_hash,
    count(*) FILTER (WHERE kind = 'user') AS questions
  FROM {parts}
  GROUP BY request_no
),
set_up AS (
  SELECT request_no, any_value(content_hash) AS settings_hash
  FROM traffic_prompts
  JOIN prompt_calls USING (call_no)
  JOIN body_parts USING (body_hash)
  WHERE body_parts.kind = 'settings'
  GROUP BY request_no
),
scoped AS (
  SELECT
    request_no, started_at, is_cut_off,
    hash(project, application, endpoint, feature, use_case, environment, team, cost_center,
      customer_id, account_id, provider, requested_model, system_hash, tools_hash) AS scope
  FROM {events}
  WHERE {where}
    AND is_error IS DISTINCT FROM true
    AND finish_reason IS DISTINCT FROM 'tool_calls'
    AND finish_reason IS DISTINCT FROM 'tool_use'
    AND cost > 0
)
SELECT
  request_no,
  epoch_us(started_at) AS at_us,
  hash(scope, others, settings_hash) AS place,
  asked_hash,
  CASE
    WHEN is_cut_off THEN 'their log cuts inputs off'
    WHEN questions IS NULL THEN 'the bodies of requests were not kept'
    WHEN questions <> 1 THEN 'what the user asks is not told from the rest'
  END AS problem
FROM scoped
LEFT JOIN prompts USING (request_no)
LEFT JOIN set_up USING (request_no)
ORDER BY at_us, request_no

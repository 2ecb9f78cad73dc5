-- Scopes whose system prompt is another one in most requests, with some of its texts.
WITH carried AS (
  SELECT call_no, scope_no, content_hash, tokens FROM prompt_parts WHERE body_kind = 'system'
  QUALIFY position = min(position) OVER (PARTITION BY call_no)
),
varied AS (
  SELECT
    any_value(application) AS application, any_value(project) AS project,
    any_value(environment) AS environment, any_value(endpoint) AS endpoint,
    any_value(model) AS model, any_value(provider) AS provider, any_value(currency) AS currency,
    min(day) AS first_day, max(day) AS last_day, count(*) AS hits, avg(tokens) AS tokens,
    count(DISTINCT content_hash) AS versions, arg_max(event_id, (started_at, event_id)) AS example, scope_no
  FROM carried JOIN prompt_calls USING (call_no, scope_no)
  GROUP BY scope_no
  HAVING hits >= {requests} AND versions >= 0.5 * hits
),
-- Texts are long: those of the scopes that are left only, each once.
said AS (
  SELECT scope_no, list_sort(list(text))[:40] AS texts
  FROM (SELECT DISTINCT scope_no, content_hash FROM carried SEMI JOIN varied USING (scope_no))
  JOIN body_contents USING (content_hash)
  GROUP BY scope_no
)
SELECT * FROM varied JOIN said USING (scope_no) ORDER BY scope_no

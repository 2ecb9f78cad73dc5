-- What requests of a scope begin with: their tools and system prompt, by content, and how many begin so.
WITH beginning AS (
  SELECT call_no, any_value(scope_no) AS scope_no,
    list(content_hash ORDER BY position) AS hashes, sum(tokens) AS tokens
  FROM prompt_parts WHERE body_kind IN ('tools', 'system')
  GROUP BY call_no
)
SELECT
  scope_no, any_value(provider) AS provider, any_value(application) AS application,
  any_value(project) AS project, any_value(environment) AS environment,
  any_value(endpoint) AS endpoint, any_value(model) AS model, any_value(currency) AS currency,
  hash(hashes) AS variant, count(*) AS hits, avg(tokens) AS tokens,
  count(*) / any_value(seen) AS hit_share, min(day) AS first_day, max(day) AS last_day,
  arg_max(event_id, (started_at, event_id)) AS example, any_value(scope_first) AS scope_first,
  any_value(scope_last) AS scope_last
FROM beginning
JOIN prompt_calls USING (call_no, scope_no)
JOIN (
  SELECT scope_no, count(*) FILTER (has_body) AS seen, min(day) AS scope_first, max(day) AS scope_last
  FROM prompt_calls GROUP BY scope_no
) USING (scope_no)
GROUP BY scope_no, variant
ORDER BY scope_no, first_day, variant

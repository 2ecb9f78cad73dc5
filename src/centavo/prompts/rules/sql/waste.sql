-- What some requests with kept bodies waste, by scope, and what that is for all requests of the scope
-- between the first and the last of them: the mean of those that were seen, for each that was not.
WITH wasted AS ({waste}),
hit AS (
  SELECT scope_no, max(detail) AS detail, min(day) AS first_day, max(day) AS last_day,
    count(*) AS hits, sum(wasted.tokens) AS tokens,
    sum({worth}) AS money,
    arg_max(event_id, (wasted.tokens, event_id)) AS example
  FROM wasted JOIN prompt_calls AS call USING (call_no)
  GROUP BY scope_no
),
whole AS (
  SELECT call.scope_no, count(*) AS requests, count(*) FILTER (has_body) AS seen,
    sum(call.input_tokens) FILTER (has_body) AS seen_input_tokens,
    min(call.day) AS scope_first, max(call.day) AS scope_last,
    any_value(application) AS application, any_value(project) AS project,
    any_value(environment) AS environment, any_value(endpoint) AS endpoint,
    any_value(model) AS model, any_value(currency) AS currency,
    count(plain_price) AS priced
  FROM prompt_calls AS call JOIN hit USING (scope_no)
  WHERE call.day BETWEEN hit.first_day AND hit.last_day
  GROUP BY call.scope_no
)
SELECT
  application, project, environment, endpoint, model, currency, detail, first_day, last_day,
  requests, seen, hits, hits / seen AS hit_share, tokens / hits AS tokens_per_hit,
  tokens / nullif(seen_input_tokens, 0) AS input_share,
  CASE WHEN priced > 0 THEN money / seen * requests END AS money,
  example, scope_no
FROM hit JOIN whole USING (scope_no)
WHERE hits >= {least_hits}
ORDER BY money DESC NULLS LAST, scope_no

-- Tokens of tool schemas that no kept request of the scope calls, where some are called.
WITH called AS (
  SELECT scope_no, list(DISTINCT name) AS names, count(DISTINCT call_no) AS callers
  FROM (
    SELECT scope_no, call_no, unnest(calls) AS name
    FROM (
      SELECT scope_no, call_no, unnest([body_hash, answer_hash]) AS body_hash
      FROM prompt_calls WHERE has_body
    )
    JOIN body_parts USING (body_hash)
    JOIN (SELECT DISTINCT content_hash, kind, calls FROM prompt_texts WHERE len(calls) > 0)
      USING (content_hash, kind)
  )
  GROUP BY scope_no
),
declared AS (
  SELECT part.call_no, part.scope_no, part.tokens / fact.tokens AS scale,
    unnest(map_entries(fact.tools)) AS tool, cardinality(fact.tools) AS tools
  FROM prompt_parts AS part JOIN prompt_texts AS fact USING (text_no)
  WHERE part.body_kind = 'tools' AND fact.tokens > 0
)
SELECT call_no, sum(tool.value * scale) AS tokens,
  count(*) || ' of ' || any_value(tools) AS detail
FROM declared JOIN called USING (scope_no)
WHERE callers >= {calls} AND NOT list_contains(names, tool.key)
GROUP BY call_no
HAVING sum(tool.value * scale) >= {tokens}

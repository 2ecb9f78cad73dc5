-- Tokens of questions and answers that stand in nearly every request at the same place.
WITH seen AS (
  SELECT scope_no, count(*) AS requests FROM prompt_calls WHERE has_body GROUP BY scope_no
),
constant AS (
  SELECT scope_no, position, content_hash
  FROM prompt_parts JOIN seen USING (scope_no)
  WHERE body_kind = 'message' AND kind IN ('output', 'history') AND requests >= {requests}
  GROUP BY scope_no, position, content_hash
  HAVING count(*) >= {share} * any_value(requests)
)
SELECT call_no, sum(tokens) AS tokens, NULL::VARCHAR AS detail
FROM prompt_parts SEMI JOIN constant USING (scope_no, position, content_hash)
GROUP BY call_no
HAVING count(*) >= 4

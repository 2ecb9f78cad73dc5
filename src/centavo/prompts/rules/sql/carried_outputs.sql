-- Tokens of tool results that many messages have followed.
SELECT call_no, sum(aged.tokens) AS tokens, NULL::VARCHAR AS detail
FROM (
  SELECT *, max(position) OVER (PARTITION BY call_no) - position AS age FROM prompt_parts
) AS aged
JOIN prompt_calls AS call USING (call_no)
WHERE aged.kind = 'tool_output' AND age >= {age}
GROUP BY call_no
HAVING sum(aged.tokens) >= {input_share} * any_value(call.input_tokens)

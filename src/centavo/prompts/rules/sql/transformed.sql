-- Tokens that the best of some transformations would take off each request's input.
SELECT call_no, sum(part.tokens * saved / fact.tokens) AS tokens, NULL::VARCHAR AS detail
FROM (
  SELECT text_no, tokens,
    tokens - list_min([after[name] FOR name IN {names} IF after[name] IS NOT NULL]) AS saved
  FROM prompt_texts
) AS fact
JOIN prompt_parts AS part USING (text_no)
WHERE saved > 0
GROUP BY call_no
HAVING sum(part.tokens * saved / fact.tokens)
  >= {input_share} * (SELECT any_value(input_tokens) FROM prompt_calls AS c WHERE c.call_no = part.call_no)

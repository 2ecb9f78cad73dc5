-- Tokens of the fixed part of a request that stand in it more than once.
SELECT coalesce(sum(tokens - after['once']), 0) FROM prompt_texts
WHERE text_no IN (
  SELECT text_no FROM prompt_parts JOIN prompt_calls USING (call_no)
  WHERE event_id = ? AND body_kind IN ('system', 'tools'))

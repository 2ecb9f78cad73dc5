-- Parts of one request with their tokens and texts, in order.
SELECT part.position, part.kind, part.role, part.tokens, content.text
FROM prompt_parts AS part JOIN prompt_calls USING (call_no)
JOIN body_contents AS content USING (content_hash)
WHERE event_id = ? ORDER BY part.position

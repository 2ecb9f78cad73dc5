-- Some system prompts of the scope of a request.
SELECT DISTINCT text FROM prompt_parts JOIN body_contents USING (content_hash)
WHERE body_kind = 'system'
  AND scope_no = (SELECT scope_no FROM prompt_calls WHERE event_id = ?)
ORDER BY text LIMIT 40

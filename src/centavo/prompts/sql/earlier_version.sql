-- The newest request of the same scope whose tools and system prompt are others.
SELECT event_id FROM prompt_calls AS call
WHERE has_body AND scope_no = (SELECT scope_no FROM prompt_calls WHERE event_id = $1)
  AND (SELECT list(content_hash ORDER BY position) FROM prompt_parts AS part
       WHERE part.call_no = call.call_no AND body_kind IN ('tools', 'system'))
   <> (SELECT list(content_hash ORDER BY position) FROM prompt_parts JOIN prompt_calls USING (call_no)
       WHERE event_id = $1 AND body_kind IN ('tools', 'system'))
ORDER BY started_at DESC, event_id LIMIT 1

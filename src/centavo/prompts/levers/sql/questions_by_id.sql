-- What recorded requests ask, by their id in the ledger or by the provider's id that begins it. An id of several
-- requests that ask otherwise names none.
SELECT name, any_value(text) AS text
FROM (
  SELECT call_no, unnest(list_distinct([event_id, regexp_replace(event_id, ':[0-9a-f]{12}$', '')])) AS name
  FROM prompt_calls
)
JOIN prompt_parts USING (call_no)
JOIN body_contents USING (content_hash)
WHERE prompt_parts.kind = 'user' AND list_contains($requests::VARCHAR[], name)
GROUP BY name
HAVING count(DISTINCT content_hash) = 1

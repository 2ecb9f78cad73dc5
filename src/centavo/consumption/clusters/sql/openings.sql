-- How the conversation of each body opens: its system prompt and its first message. Every later turn
-- opens alike, so a long conversation is one text and not many.
WITH parts AS (
  SELECT body_hash, position, content_hash,
    kind = 'system' OR coalesce(role IN ('system', 'developer', 'ROLE_SYSTEM'), false) AS is_system
  FROM body_parts
  SEMI JOIN (SELECT DISTINCT body_hash FROM grouped_calls) USING (body_hash)
  WHERE kind IN ('system', 'message')
),
told AS (
  SELECT *, min(position) FILTER (NOT is_system) OVER (PARTITION BY body_hash) AS first_message
  FROM parts
)
SELECT
  body_hash,
  list(content_hash ORDER BY position) AS contents,
  md5(string_agg(content_hash, ' ' ORDER BY position)) AS opening
FROM told
WHERE is_system OR position = first_message
GROUP BY body_hash

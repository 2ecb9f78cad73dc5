-- Each text once for each way of counting tokens that its requests have, and for each kind in which it stands:
-- as a system prompt and as a message it is looked at twice. The role stands in the text of a message.
WITH carried AS (
  SELECT body_hash, basis_no FROM prompt_calls WHERE has_body
  UNION
  SELECT answer_hash, basis_no FROM prompt_calls WHERE has_body AND answer_hash IS NOT NULL
)
SELECT content_hash, basis_no, kind, role, text
FROM (
  SELECT content_hash, basis_no, kind, min(role) AS role
  FROM carried JOIN body_parts USING (body_hash)
  GROUP BY content_hash, basis_no, kind
)
JOIN body_contents USING (content_hash)

-- Each text once for each way of counting tokens that its requests have, and for each kind and role in which
-- it stands: an answer is looked at as an answer, and as a message of the turns after it.
WITH carried AS (
  SELECT body_hash, basis_no FROM prompt_calls WHERE has_body
  UNION
  SELECT answer_hash, basis_no FROM prompt_calls WHERE has_body AND answer_hash IS NOT NULL
)
SELECT content_hash, basis_no, kind, role, text
FROM (
  SELECT DISTINCT content_hash, basis_no, kind, role
  FROM carried JOIN body_parts USING (body_hash)
)
JOIN body_contents USING (content_hash)

-- Each text once for each way of counting tokens that its requests have.
WITH carried AS (
  SELECT body_hash, basis_no FROM prompt_calls WHERE has_body
  UNION
  SELECT answer_hash, basis_no FROM prompt_calls WHERE has_body AND answer_hash IS NOT NULL
)
SELECT content_hash, basis_no, kind, role, text
FROM (
  SELECT content_hash, basis_no, any_value(kind) AS kind, any_value(role) AS role
  FROM carried JOIN body_parts USING (body_hash)
  GROUP BY content_hash, basis_no
)
JOIN body_contents USING (content_hash)

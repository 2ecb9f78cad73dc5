-- Tools that requests of each scope called, in answers or in earlier turns.
SELECT scope_no, list(DISTINCT name) FROM (
  SELECT scope_no, unnest(calls) AS name FROM prompt_texts
  JOIN body_parts USING (content_hash, kind)
  JOIN (
    SELECT DISTINCT scope_no, unnest([body_hash, answer_hash]) AS body_hash
    FROM prompt_calls WHERE has_body
  ) USING (body_hash)
)
GROUP BY scope_no

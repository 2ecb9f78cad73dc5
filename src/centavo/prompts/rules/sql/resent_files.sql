-- Parts with a file's data that an earlier request of the scope sent as well.
SELECT call_no, sum(tokens) AS tokens, NULL::VARCHAR AS detail
FROM (
  SELECT *, row_number() OVER (PARTITION BY scope_no, content_hash ORDER BY call_no, position) AS place
  FROM prompt_parts WHERE files > 0
)
WHERE place > 1
GROUP BY call_no

-- All parts of the requests of which at least one part says the same otherwise.
WITH changed AS (
  SELECT part.request_no, part.position, new.new_hash, new.new_tokens
  FROM {parts} AS part
  JOIN {events} AS event USING (request_no)
  JOIN traffic_prompts AS prompt USING (request_no)
  JOIN {new} AS new ON new.content_hash = part.content_hash AND new.basis_no = prompt.basis_no
    AND (new.scope_no IS NULL OR new.scope_no = prompt.scope_no)
  WHERE {where} AND part.kind IN {kinds}
)
SELECT
  part.request_no, part.position, part.kind,
  coalesce(changed.new_tokens, part.tokens)::BIGINT AS tokens,
  coalesce(changed.new_hash, part.content_hash) AS content_hash
FROM {parts} AS part
SEMI JOIN changed USING (request_no)
LEFT JOIN changed USING (request_no, position)

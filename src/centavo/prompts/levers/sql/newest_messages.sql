-- All parts that stay of the requests that have more messages than stay.
WITH placed AS (
  SELECT part.*, row_number() OVER (
    PARTITION BY part.request_no, part.kind IN ('system', 'tools') ORDER BY part.position DESC
  ) AS age
  FROM {parts} AS part JOIN {events} AS event USING (request_no)
  WHERE {where}
)
SELECT request_no, position, kind, tokens, content_hash
FROM placed
SEMI JOIN (
  SELECT request_no FROM placed WHERE age > {most} AND kind NOT IN ('system', 'tools')
) USING (request_no)
WHERE kind IN ('system', 'tools') OR age <= {most}

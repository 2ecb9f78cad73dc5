-- The words of each opening, without the JSON around them, in the order of its hash: the first ones are
-- a sample that does not depend on the order of reading. Beyond {most} characters only the ends.
WITH openings AS (
  SELECT opening, any_value(contents) AS contents FROM body_openings GROUP BY opening
),
pieces AS (
  SELECT opening, place, content_hash
  FROM (SELECT opening, unnest(contents) AS content_hash, unnest(range(len(contents))) AS place
    FROM openings)
),
words AS (
  SELECT content_hash,
    CASE
      WHEN starts_with(text, '"') THEN json_extract_string(text, '$')
      WHEN json_type(text, '$.content') = 'VARCHAR' THEN json_extract_string(text, '$.content')
      ELSE coalesce(nullif(array_to_string(
        list_transform(json_extract(text, '$..text'), lambda part: json_extract_string(part, '$')),
        chr(10)), ''), text)
    END AS text
  FROM body_contents
  SEMI JOIN (SELECT DISTINCT content_hash FROM pieces) USING (content_hash)
)
SELECT opening, string_agg(
  CASE WHEN length(text) > {most} THEN left(text, {most} // 2) || right(text, {most} // 2) ELSE text END,
  chr(10) ORDER BY place) AS text
FROM pieces JOIN words USING (content_hash)
GROUP BY opening
ORDER BY opening

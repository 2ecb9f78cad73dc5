-- Tags must be an object with unique keys; where a key stands twice, its first value is read.
SELECT
  sum(n)::BIGINT AS concerned,
  sum(n) || ' rows have a key twice in Tags; the first value is used, e.g. '
  || left(min(Tags), 80) AS message
FROM (SELECT Tags, count(*) AS n FROM new_rows WHERE Tags IS NOT NULL GROUP BY Tags)
WHERE json_valid(Tags) AND len(json_keys(Tags)) <> len(list_distinct(json_keys(Tags)))
HAVING count(*) > 0;

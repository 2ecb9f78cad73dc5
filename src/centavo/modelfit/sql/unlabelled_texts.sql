-- Texts like those that will be routed, of which nobody has graded both models ($1, $2): prompts graded of other
-- models, and what users say in kept requests. A random part of them, the same in every run.
WITH graded AS (
  SELECT item_id FROM {outcomes} WHERE model IN ($1, $2)
  GROUP BY item_id HAVING count(DISTINCT model) = 2
),
said AS (
  SELECT DISTINCT text
  FROM body_parts JOIN body_contents USING (content_hash)
  WHERE kind = 'message' AND role = 'user'
),
texts AS (
  SELECT prompt AS text FROM {outcomes}
  WHERE prompt IS NOT NULL AND item_id NOT IN (SELECT item_id FROM graded)
  UNION
  SELECT CASE
    WHEN json_type(text, '$.content') = 'VARCHAR' THEN json_extract_string(text, '$.content')
    WHEN json_type(text, '$.content') = 'ARRAY'
      THEN array_to_string(json_extract_string(text, '$.content[*].text'), chr(10))
    WHEN json_type(text, '$.parts') = 'ARRAY'
      THEN array_to_string(json_extract_string(text, '$.parts[*].text'), chr(10))
  END
  FROM said
)
SELECT text FROM texts WHERE text <> '' ORDER BY md5(text) LIMIT $3

-- Openings without a template of bodies that were sent again and again to the letter: a job that always
-- asks the same.
WITH bodies AS (
  SELECT body_hash, count(*) AS calls
  FROM grouped_calls
  WHERE body_hash IS NOT NULL
  GROUP BY body_hash
  HAVING count(*) >= {least}
)
SELECT opening, any_value(text) AS text
FROM bodies
JOIN body_openings USING (body_hash)
JOIN opening_texts USING (opening)
ANTI JOIN opening_templates USING (opening)
GROUP BY opening
ORDER BY opening

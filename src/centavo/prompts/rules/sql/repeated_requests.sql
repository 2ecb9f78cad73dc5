-- Requests that repeat an earlier one of their scope; of all that any log has cut off none counts.
WITH normal AS (
  SELECT call_no, list(fact.normal ORDER BY position) AS texts
  FROM prompt_parts JOIN (SELECT text_no, hash(normal) AS normal FROM prompt_texts) AS fact USING (text_no)
  GROUP BY call_no
),
asked AS (
  SELECT call.*, hash(scope_no, coalesce(settings, ''), texts) AS asked
  FROM prompt_calls AS call
  JOIN normal USING (call_no)
  LEFT JOIN (
    SELECT body_hash, any_value(content_hash) AS settings FROM body_parts
    WHERE kind = 'settings' GROUP BY body_hash
  ) USING (body_hash)
  WHERE has_body AND cost > 0 AND is_error IS DISTINCT FROM true
    AND finish_reason IS DISTINCT FROM 'tool_calls' AND finish_reason IS DISTINCT FROM 'tool_use'
),
placed AS (
  SELECT *, bool_or(is_cut_off) OVER (PARTITION BY asked) AS is_doubtful,
    at_s - lag(at_s) OVER same AS gap_s
  FROM asked
  WINDOW same AS (PARTITION BY asked ORDER BY at_s, call_no)
)
SELECT call_no, input_tokens::DOUBLE AS tokens,
  NULL::VARCHAR AS detail
FROM placed
WHERE gap_s > 60 AND gap_s <= 3600 * {ttl_hours} AND NOT is_doubtful

-- Answered calls that another one repeats to the byte, numbered by what they ask. An answer that asks
-- for a tool is no answer to store: what the tool then says differs.
WITH calls AS (
  SELECT
    request_no, started_at,
    hash(application, provider, call_key) AS key
  FROM {events}
  WHERE {where}
    AND call_key IS NOT NULL
    AND is_error IS DISTINCT FROM true
    AND finish_reason IS DISTINCT FROM 'tool_calls'
    AND finish_reason IS DISTINCT FROM 'tool_use'
    AND NOT is_cut_off
    AND cost > 0
),
repeated AS (SELECT key FROM calls GROUP BY key HAVING count(*) > 1)
SELECT request_no, started_at, dense_rank() OVER (ORDER BY key)::BIGINT AS call
FROM calls SEMI JOIN repeated USING (key)

-- Charged requests whose body the same scope sends again within the window.
SELECT call_no, input_tokens::DOUBLE AS tokens, NULL::VARCHAR AS detail
FROM (
  SELECT *, lead(at_s) OVER same - at_s AS gap_s, bool_or(is_cut_off) OVER (
      PARTITION BY scope_no, body_hash) AS is_doubtful
  FROM prompt_calls WHERE has_body
  WINDOW same AS (PARTITION BY scope_no, body_hash ORDER BY at_s, call_no)
)
WHERE gap_s <= {window_s} AND cost > 0 AND NOT is_doubtful

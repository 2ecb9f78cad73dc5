-- What at least nine in ten of a scope's kept requests begin with: tools and system prompt, by content. A part's
-- tokens are scaled to what its request was charged, so they differ a little: the first request's stand.
WITH beginning AS (
  SELECT call_no, any_value(scope_no) AS scope_no,
    list(content_hash ORDER BY position) AS hashes, list(tokens ORDER BY position) AS sizes
  FROM prompt_parts WHERE body_kind IN ('tools', 'system')
  GROUP BY call_no
),
seen AS (SELECT scope_no, count(*) AS calls FROM prompt_calls WHERE has_body GROUP BY scope_no)
SELECT scope_no, hashes, arg_min(sizes, call_no) AS sizes
FROM beginning JOIN seen USING (scope_no)
GROUP BY scope_no, hashes
HAVING count(*) >= 5 AND count(*) >= 0.9 * any_value(calls)

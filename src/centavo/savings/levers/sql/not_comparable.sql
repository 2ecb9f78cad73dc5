-- Requests of the scope of which nobody can say whether they repeat another, and why.
SELECT
  CASE WHEN is_cut_off THEN 'their log cuts inputs off' ELSE 'the log does not tell what they asked' END
    AS reason,
  count(*) AS requests
FROM {events}
WHERE {where} AND cost > 0 AND (call_key IS NULL OR is_cut_off)
GROUP BY reason

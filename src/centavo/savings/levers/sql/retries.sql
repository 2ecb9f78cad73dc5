-- Tries that gave nothing: a chain is a first try and the requests that name it. Of each chain the
-- first answered try is kept, or the last one where none was answered. Where the log's own id of the
-- first try leads to no request, that one is no part of the chain, and one more try is kept.
WITH tries AS (
  SELECT request_no, is_retry, chain_key AS chain, started_at, cost, is_error
  FROM {events}
  WHERE {where}
),
chains AS (SELECT DISTINCT chain FROM tries WHERE is_retry),
ranked AS (
  SELECT request_no, cost, is_error,
    row_number() OVER (
      PARTITION BY chain
      ORDER BY coalesce(is_error, false),
        CASE WHEN coalesce(is_error, false) THEN -epoch_us(started_at) ELSE epoch_us(started_at) END,
        request_no
    ) AS place
  FROM tries SEMI JOIN chains USING (chain)
)
SELECT request_no FROM ranked WHERE place > 1 AND cost > 0
UNION ALL
-- A try that failed alone is paid for as well, where a provider bills it.
SELECT request_no FROM tries ANTI JOIN chains USING (chain) WHERE is_error AND cost > 0

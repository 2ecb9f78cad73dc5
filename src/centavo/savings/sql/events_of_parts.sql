-- Touched requests with the tokens that follow from their new parts. Parts keep their position, so the
-- beginning that was read from (or written to) a cache can be followed part by part: counted tokens are
-- cumulated in their order, and each part keeps the share of it that was cached.
WITH touched AS (SELECT DISTINCT request_no FROM {new_parts}),
old_parts AS (
  SELECT
    request_no, position, tokens, content_hash,
    sum(tokens) OVER (PARTITION BY request_no ORDER BY position ROWS UNBOUNDED PRECEDING)::DOUBLE
      AS ends_at
  FROM {parts} SEMI JOIN touched USING (request_no)
),
old_sums AS (SELECT request_no, sum(tokens)::DOUBLE AS counted FROM old_parts GROUP BY request_no),
requests AS (
  SELECT
    events.*,
    counted,
    coalesce(cache_write_tokens, 0) + coalesce(cache_write_5m_tokens, 0)
      + coalesce(cache_write_1h_tokens, 0) AS _writes,
    coalesce(cache_read_tokens, 0) AS _reads,
    coalesce(input_uncached_tokens, 0) + _reads + _writes AS _input,
    -- Ends of the beginnings that were read and written, on the scale of counted tokens.
    counted * _reads / nullif(_input, 0) AS read_until,
    counted * (_reads + _writes) / nullif(_input, 0) AS written_until
  FROM {events} AS events JOIN old_sums USING (request_no)
),
-- Where a lever breaks the beginning, nothing after the first changed part can have been cached.
broken AS (
  SELECT request_no, min(coalesce(fresh.position, old_parts.position)) AS broken_at
  FROM old_parts
  FULL JOIN {new_parts} AS fresh USING (request_no, position)
  WHERE fresh.content_hash IS DISTINCT FROM old_parts.content_hash
  GROUP BY request_no
),
kept AS (
  SELECT
    fresh.request_no,
    sum(fresh.tokens)::DOUBLE AS new_counted,
    sum(fresh.tokens * {cached_share_read})::DOUBLE AS new_read,
    sum(fresh.tokens * {cached_share_written})::DOUBLE AS new_cached
  FROM {new_parts} AS fresh
  JOIN requests USING (request_no)
  LEFT JOIN old_parts
    ON old_parts.request_no = fresh.request_no AND old_parts.position = fresh.position
  LEFT JOIN broken ON broken.request_no = fresh.request_no
  GROUP BY fresh.request_no
),
sized AS (
  SELECT
    requests.*,
    round(_input * new_counted / nullif(counted, 0))::BIGINT AS new_input,
    least(round(_input * new_read / nullif(counted, 0))::BIGINT, new_input) AS new_reads,
    least(round(_input * new_cached / nullif(counted, 0))::BIGINT, new_input) - new_reads AS new_writes
  FROM requests JOIN kept USING (request_no)
)
SELECT
  * EXCLUDE (counted, _writes, _reads, _input, read_until, written_until, new_input, new_reads, new_writes)
  REPLACE (
    new_input - new_reads - new_writes AS input_uncached_tokens,
    CASE WHEN cache_read_tokens IS NOT NULL THEN new_reads END AS cache_read_tokens,
    {writes},
    {parts_of_input},
    {parts_of_reads}
  )
FROM sized

-- Requests with parts, in the order of time, by what shares a cache: provider, account and model. Where a
-- prompt was not kept and its scope always begins alike, that beginning stands for it, and a block of
-- its own for the rest.
WITH known AS (
SELECT
  event.provider, event.account_id,
  coalesce(event.priced_model, event.answered_model, event.requested_model) AS model,
  event.request_no, any_value(event.started_at) AS started_at,
  list(part.content_hash ORDER BY part.position) AS hashes,
  list(part.tokens ORDER BY part.position) AS counted,
  any_value(coalesce(input_uncached_tokens, 0) + coalesce(cache_read_tokens, 0)
    + coalesce(cache_write_tokens, 0) + coalesce(cache_write_5m_tokens, 0)
    + coalesce(cache_write_1h_tokens, 0)) AS input_tokens,
  epoch_us(any_value(event.started_at)) / 1e6 AS at_s
FROM {events} AS event
JOIN {parts} AS part USING (request_no)
WHERE {where} AND cost IS NOT NULL
GROUP BY event.provider, event.account_id, model, event.request_no
),
like_others AS (
  SELECT
    event.provider, event.account_id,
    coalesce(event.priced_model, event.answered_model, event.requested_model) AS model,
    event.request_no, event.started_at,
    list_append(hashes, 'request ' || event.request_no) AS hashes,
    coalesce(input_uncached_tokens, 0) + coalesce(cache_read_tokens, 0)
      + coalesce(cache_write_tokens, 0) + coalesce(cache_write_5m_tokens, 0)
      + coalesce(cache_write_1h_tokens, 0) AS input_tokens,
    [round(size)::BIGINT FOR size IN sizes] AS begins,
    list_append(begins, greatest(input_tokens - list_sum(begins), 0)::BIGINT) AS counted,
    epoch_us(event.started_at) / 1e6 AS at_s
  FROM {events} AS event
  JOIN traffic_prompts USING (request_no)
  JOIN scope_beginnings USING (scope_no)
  ANTI JOIN known ON known.request_no = event.request_no
  WHERE {where} AND cost IS NOT NULL
)
FROM known
UNION ALL
SELECT provider, account_id, model, request_no, started_at, hashes, counted, input_tokens, at_s
FROM like_others
ORDER BY provider, account_id, model, at_s, request_no

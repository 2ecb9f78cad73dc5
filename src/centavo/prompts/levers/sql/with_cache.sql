-- Requests as their cached beginnings would have been charged; those that change nothing stay out.
SELECT event.* REPLACE (
  cached.plain AS input_uncached_tokens,
  cached.read AS cache_read_tokens,
  0::BIGINT AS cache_write_tokens,
  cached.short AS cache_write_5m_tokens,
  cached.long AS cache_write_1h_tokens
)
FROM {events} AS event JOIN {cached} AS cached USING (request_no)
WHERE {where} AND (cached.read, cached.short, cached.long) IS DISTINCT FROM (
  coalesce(event.cache_read_tokens, 0), coalesce(event.cache_write_5m_tokens, 0),
  coalesce(event.cache_write_1h_tokens, 0))

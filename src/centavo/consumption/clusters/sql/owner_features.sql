-- How often the calls of each owner have each value of what can be compared: lengths in halves of a
-- doubling, the time of day in blocks of three hours, and hashes where the log has them.
SELECT owner, feature, value, count(*)::BIGINT AS calls
FROM (
  SELECT
    owner,
    unnest(['input length', 'output length', 'hours', 'days', 'cache reads', 'tools', 'system prompt',
      'output limit']) AS feature,
    unnest([
      floor(2 * log2(1 + input_tokens))::INTEGER::VARCHAR,
      floor(2 * log2(1 + coalesce(output_tokens, 0)))::INTEGER::VARCHAR,
      (hour(started_at) // 3)::VARCHAR,
      CASE WHEN isodow(started_at) > 5 THEN 'weekend' ELSE 'week' END,
      floor(4 * cache_read_tokens / input_tokens)::INTEGER::VARCHAR,
      tools_hash,
      system_hash,
      max_output_tokens::VARCHAR
    ]) AS value
  FROM grouped_calls JOIN call_owners USING (call)
)
WHERE value IS NOT NULL
GROUP BY ALL

-- Requests of one arm of the comparison by day and model: tokens by class and their cost, each at the
-- price book of the day that it stands for. Failed tries that were paid for are in it; requests without
-- a price are counted apart, but for failed ones, which cost nothing.
SELECT
  own_day AS day,
  provider,
  coalesce(priced_model, answered_model, requested_model) AS model,
  count(*) FILTER (cost IS NOT NULL) AS requests,
  count(*) FILTER (cost IS NULL AND is_error IS DISTINCT FROM true) AS unpriced,
  coalesce(sum(input_uncached_tokens) FILTER (cost IS NOT NULL), 0)::BIGINT AS plain_tokens,
  coalesce(sum(cache_read_tokens) FILTER (cost IS NOT NULL), 0)::BIGINT AS read_tokens,
  coalesce(sum(coalesce(cache_write_tokens, 0) + coalesce(cache_write_5m_tokens, 0)
    + coalesce(cache_write_1h_tokens, 0)) FILTER (cost IS NOT NULL), 0)::BIGINT AS write_tokens,
  coalesce(sum(output_tokens) FILTER (cost IS NOT NULL), 0)::BIGINT AS output_tokens,
  coalesce(sum(input_cost - coalesce(cache_read_cost, 0) - coalesce(cache_write_cost, 0)), 0) AS plain_cost,
  coalesce(sum(cache_read_cost), 0) AS read_cost,
  coalesce(sum(cache_write_cost), 0) AS write_cost,
  coalesce(sum(output_cost), 0) AS output_cost,
  coalesce(sum(cost), 0) AS cost
FROM ({priced})
WHERE coalesce(cost_currency, '{currency}') = '{currency}'
GROUP BY ALL
ORDER BY ALL

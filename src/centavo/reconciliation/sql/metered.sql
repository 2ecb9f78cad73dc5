-- The meter by day (UTC and US Pacific), provider, account, model, tier and kind of call: each call
-- once. Priced calls are cost; calls without a price are tokens; lost calls (failed or repeated, and
-- free at the meter) are evidence only. Sums take no condition and no arithmetic: this statement runs
-- over every request, what follows over its few rows.
CREATE OR REPLACE TEMP TABLE reconcile_metered AS
SELECT
  started_at::DATE AS utc_day,
  {pacific}::DATE AS pacific_day,
  provider AS raw_provider,
  project AS raw_project,
  account_id AS raw_account,
  coalesce(priced_model, answered_model, requested_model) AS raw_model,
  processing_tier AS tier,
  cost_currency AS currency,
  CASE
    WHEN (is_error OR attempt > 1) AND coalesce(cost, 0) = 0 THEN 'lost'
    WHEN cost IS NULL THEN 'unpriced'
    WHEN is_error THEN 'failed'
    ELSE 'priced'
  END AS kind,
  -- A lost call that states no tokens.
  kind = 'lost' AND coalesce({all_tokens}) IS NULL AS is_blind,
  is_error,
  attempt > 1 AS is_repeated,
  count(*)::BIGINT AS calls,
  {sums}
FROM metered_events
WHERE {within} AND tokens_basis IS NULL
GROUP BY ALL

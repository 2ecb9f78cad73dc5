-- One row for each call that several meters saw. The gateway's row stands for tokens, price, time and
-- outcome (then the application's, then the agent's); scope comes from the application's log, column
-- by column, then from the agent's and the gateway's.
CREATE OR REPLACE TEMP TABLE merged_calls AS
WITH seen AS (
  SELECT
    usage_events.*,
    CASE meter WHEN 'gateway' THEN 1 WHEN 'agent' THEN 3 ELSE 2 END AS token_rank,
    CASE meter WHEN 'gateway' THEN 3 WHEN 'agent' THEN 2 ELSE 1 END AS scope_rank,
    coalesce({token_columns}) IS NULL AS is_blind
  FROM usage_events
  WHERE call_id IS NOT NULL AND hash(call_id) IN (SELECT call_hash FROM repeated_calls) AND {filter}
),
ranked AS (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY call_id
      ORDER BY is_blind, tokens_basis IS NOT NULL, token_rank, source, event_id
    ) AS place
  FROM seen
),
scopes AS (
  SELECT
    call_id,
    count(DISTINCT source) AS meter_count,
    sum(cost) AS every_cost,
    {scope_columns}
  FROM seen
  GROUP BY call_id
  HAVING count(DISTINCT source) > 1
)
SELECT
  ranked.* EXCLUDE (token_rank, scope_rank, is_blind, place, {scope_names}),
  {scope_picked},
  scopes.meter_count,
  scopes.every_cost - ranked.cost AS repeated_cost
FROM ranked
JOIN scopes USING (call_id)
WHERE place = 1

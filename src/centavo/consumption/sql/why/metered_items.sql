-- Requests of two periods as items, over metered_rows.sql: each class of tokens has a price of its
-- own, so that a dearer token, more tokens and other tokens are told apart. Two meters' rows of one
-- call are one here.
WITH requests AS (
  SELECT
    {keys}
    side, currency, good, priced, {rates_early}
    count(*)::BIGINT AS calls,
    count(coalesce(application, team, cost_center, environment, endpoint, feature, use_case, customer))::BIGINT
      AS attributed_rows,
    sum(whole_cost)::DECIMAL(38,12) AS whole_cost,
    sum(fresh_cost)::DECIMAL(38,12) AS fresh_cost,
    sum(read_cost)::DECIMAL(38,12) AS read_cost,
    sum(write_cost)::DECIMAL(38,12) AS write_cost,
    sum(output_cost)::DECIMAL(38,12) AS output_cost,
    sum(other_cost)::DECIMAL(38,12) AS other_cost,
    sum(fresh_tokens)::DECIMAL(38,12) AS fresh_tokens,
    sum(read_tokens)::DECIMAL(38,12) AS read_tokens,
    sum(write_tokens)::DECIMAL(38,12) AS write_tokens,
    sum(output_tokens)::DECIMAL(38,12) AS output_tokens,
    count(*) FILTER (fresh_cost <> 0 AND fresh_tokens IS NULL) = 0 AS has_fresh,
    count(*) FILTER (output_cost <> 0 AND output_tokens IS NULL) = 0 AS has_output
  FROM (
{rows}
  )
  WHERE side IS NOT NULL AND {filter}
  GROUP BY ALL
), classes AS (
  SELECT * EXCLUDE (calls, attributed_rows), 'input' AS class, 'tokens' AS unit, coalesce(fresh_cost, 0) AS cost,
    fresh_tokens AS quantity, has_fresh AS is_measured, calls, attributed_rows FROM requests
  UNION ALL BY NAME
  SELECT *, 'cache read' AS class, 'tokens' AS unit, read_cost AS cost, read_tokens AS quantity,
    true AS is_measured FROM (SELECT * EXCLUDE (calls, attributed_rows) FROM requests)
    WHERE read_cost <> 0 OR read_tokens > 0
  UNION ALL BY NAME
  SELECT *, 'cache write' AS class, 'tokens' AS unit, write_cost AS cost, write_tokens AS quantity,
    true AS is_measured FROM (SELECT * EXCLUDE (calls, attributed_rows) FROM requests)
    WHERE write_cost <> 0 OR write_tokens > 0
  UNION ALL BY NAME
  SELECT *, 'output' AS class, 'tokens' AS unit, output_cost AS cost, output_tokens AS quantity,
    has_output AS is_measured FROM (SELECT * EXCLUDE (calls, attributed_rows) FROM requests)
    WHERE output_cost <> 0 OR output_tokens > 0
  UNION ALL BY NAME
  SELECT * EXCLUDE (attributed_rows) REPLACE (NULL AS calls), 'requests' AS class, 'requests' AS unit,
    other_cost AS cost, calls::DECIMAL(38,12) AS quantity, true AS is_measured FROM requests
    WHERE other_cost <> 0
  UNION ALL BY NAME
  SELECT *, 'whole' AS class, NULL AS unit, whole_cost AS cost, NULL AS quantity, false AS is_measured
    FROM (SELECT * EXCLUDE (calls, attributed_rows) FROM requests) WHERE whole_cost <> 0
)
SELECT
  {names}
  side, currency, good, hash(priced, class) AS price_key, unit,
  coalesce(cost, 0)::DECIMAL(38,12) AS cost,
  quantity::DECIMAL(38,12) AS quantity,
  is_measured,
  coalesce(calls, 0)::BIGINT AS row_count,
  coalesce(calls, 0)::BIGINT AS calls,
  0::BIGINT AS unknown_rows,
  coalesce(attributed_rows, 0)::BIGINT AS attributed_rows
  {rates_late}
FROM classes

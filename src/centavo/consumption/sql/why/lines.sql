-- What each cause bought before and after, one currency. A good that a cell has in one period only is
-- new or gone there; of the others cost and quantity on both sides tell price, volume and mix apart.
WITH item AS (
  SELECT
    {names}
    good, price_key, unit,
    coalesce(sum(cost) FILTER (side = 0), 0)::DECIMAL(38,12) AS before,
    coalesce(sum(cost) FILTER (side = 1), 0)::DECIMAL(38,12) AS after,
    coalesce(sum(quantity) FILTER (side = 0), 0)::DECIMAL(38,12) AS quantity_before,
    coalesce(sum(quantity) FILTER (side = 1), 0)::DECIMAL(38,12) AS quantity_after,
    bool_and(is_measured AND unit IS NOT NULL) AS is_measured,
    count(*) FILTER (side = 0) AS rows_before,
    count(*) FILTER (side = 1) AS rows_after,
    sum(calls) FILTER (side = 0) AS calls_before,
    sum(calls) FILTER (side = 1) AS calls_after,
    sum(row_count) AS row_count
  FROM {table}
  WHERE currency = {currency}
  GROUP BY ALL
), known AS (
  SELECT *,
    CASE WHEN sum(rows_before) OVER goods = 0 THEN 'new' WHEN sum(rows_after) OVER goods = 0 THEN 'gone'
      WHEN is_measured THEN 'both' ELSE 'unmeasured' END AS state
  FROM item
  WINDOW goods AS (PARTITION BY {names} good)
)
SELECT
  {cause} AS cause,
  {scope} AS scope,
  unit,
  state,
  CASE WHEN state = 'both' THEN hash(good, price_key) END AS priced,
  sum(before)::DECIMAL(38,12) AS before,
  sum(after)::DECIMAL(38,12) AS after,
  sum(quantity_before)::DECIMAL(38,12) AS quantity_before,
  sum(quantity_after)::DECIMAL(38,12) AS quantity_after,
  coalesce(sum(calls_before), 0)::BIGINT AS calls_before,
  coalesce(sum(calls_after), 0)::BIGINT AS calls_after,
  sum(row_count)::BIGINT AS row_count
FROM known
GROUP BY ALL

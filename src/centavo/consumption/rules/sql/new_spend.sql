-- First day of each model and service within its application (else project), what it costs since
-- then, and what everything else there cost in as many days before and since.
WITH items AS (
  SELECT
    coalesce(application, project, account, provider) AS place, 'model' AS kind, model AS item,
    provider, unit AS currency, grade, day, amount AS cost
  FROM spend_days WHERE model IS NOT NULL AND NOT is_late
  UNION ALL
  SELECT
    coalesce(application, project, account, provider), 'service', service, provider, unit, grade,
    day, amount
  FROM spend_days
  WHERE model IS NULL AND service IS NOT NULL AND category IN ('Usage', 'Purchase') AND NOT is_late
),
begun AS (
  SELECT kind, item, provider, currency, min(day) AS first_day, max(day) AS last_day,
    sum(cost)::DECIMAL(38,12) AS cost, count(DISTINCT day) AS days, any_value(grade) AS grade,
    mode(place) AS place
  FROM items GROUP BY ALL
),
ends AS (SELECT min(day) AS first_day, max(day) AS last_day FROM items)
SELECT
  begun.kind, begun.item, begun.provider, begun.place, begun.currency, begun.grade, begun.first_day,
  begun.last_day, begun.days, begun.cost,
  (SELECT coalesce(sum(others.cost), 0) FROM items others
   WHERE others.place = begun.place AND others.currency = begun.currency
     AND others.item IS DISTINCT FROM begun.item
     AND others.day >= begun.first_day - (ends.last_day - begun.first_day + 1)::INTEGER
     AND others.day < begun.first_day)::DECIMAL(38,12) AS others_before,
  (SELECT coalesce(sum(others.cost), 0) FROM items others
   WHERE others.place = begun.place AND others.currency = begun.currency
     AND others.item IS DISTINCT FROM begun.item
     AND others.day >= begun.first_day)::DECIMAL(38,12) AS others_since,
  (ends.last_day - begun.first_day + 1)::BIGINT AS age_days
FROM begun CROSS JOIN ends
WHERE begun.first_day >= ends.last_day - {new_days} AND begun.first_day >= ends.first_day + {history_days}
  AND begun.cost > 0
ORDER BY begun.cost DESC

-- How many values each dimension has, and of how much cost it is known; of large ledgers a part of each
-- period tells.
SELECT
  coalesce(sum(abs(cost)), 0) AS whole,
  {measures}
FROM (
  (SELECT * FROM ({rows}) WHERE side = 0 AND {filter} {limit})
  UNION ALL
  (SELECT * FROM ({rows}) WHERE side = 1 AND {filter} {limit})
)

-- What the changed requests cost less than they did; those that cannot be priced as changed stay.
SELECT was_currency, sum(was_cost - new_cost)::DECIMAL(38,12) AS saved
FROM (
  SELECT
    request_no,
    any_value(was_currency) AS was_currency,
    any_value(was_cost) AS was_cost,
    sum(cost) AS new_cost,
    bool_or(cost IS NULL OR cost_currency IS DISTINCT FROM was_currency) AS is_refused
  FROM ({priced})
  GROUP BY request_no
)
WHERE NOT is_refused
GROUP BY was_currency

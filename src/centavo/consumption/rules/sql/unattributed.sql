-- Usage by account and project, and how much of it names neither application nor team; and of all
-- rows, how many have no tag.
SELECT
  provider, account, project, unit AS currency, grade,
  min(day) FILTER (is_nobodys) AS first_day,
  max(day) AS last_day,
  coalesce(sum(greatest(amount, 0)) FILTER (is_usage), 0)::DECIMAL(38,12) AS cost,
  coalesce(sum(greatest(amount, 0)) FILTER (is_nobodys), 0)::DECIMAL(38,12) AS unattributed_cost,
  coalesce(sum(row_count) FILTER (is_usage), 0)::BIGINT AS row_count,
  coalesce(sum(row_count) FILTER (is_nobodys), 0)::BIGINT AS unattributed_rows,
  sum(row_count)::BIGINT AS all_rows,
  sum(greatest(amount, 0))::DECIMAL(38,12) AS all_cost,
  coalesce(sum(row_count) FILTER (NOT is_tagged), 0)::BIGINT AS untagged_rows,
  coalesce(sum(greatest(amount, 0)) FILTER (NOT is_tagged), 0)::DECIMAL(38,12) AS untagged_cost,
  coalesce(sum(greatest(amount, 0)) FILTER (is_nobodys AND day >= DATE '{recent}'), 0)::DECIMAL(38,12)
    AS recent_cost
FROM (
  SELECT
    *, coalesce(category, 'Usage') IN ('Usage', 'Purchase') AS is_usage,
    is_usage AND coalesce(application, team, cost_center, endpoint, feature, customer) IS NULL
      AS is_nobodys
  FROM spend_days
)
GROUP BY ALL
ORDER BY unattributed_cost DESC

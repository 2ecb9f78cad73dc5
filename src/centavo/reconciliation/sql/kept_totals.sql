-- What lines that were kept say together, by provider, grade and currency; lines without a bill apart.
SELECT provider, grade, currency,
       sum(CASE WHEN grade = 'vendor_reported' THEN vendor_cost ELSE billed_cost END) AS held,
       sum(metered_cost) FILTER (WHERE gap_cost IS NOT NULL) AS metered,
       sum(gap_cost) AS gap,
       sum(metered_cost) FILTER (WHERE gap_cost IS NULL) AS without_bill,
       bool_or(is_preliminary) AS is_preliminary,
       min(interval_start) AS first_moment, max(interval_end) AS end_moment,
       {causes}
FROM reconciliation_lines
GROUP BY ALL
ORDER BY held DESC NULLS LAST, provider, grade, currency

-- Names of the credits and commitments that took something off before a day.
SELECT DISTINCT coalesce(name, CommitmentDiscountName, CommitmentDiscountId) AS credit
FROM (
  SELECT
    CommitmentDiscountName, CommitmentDiscountId,
    unnest(coalesce(from_json(x_Credits, '[{{"name": "VARCHAR"}}]'), [{{'name': NULL::VARCHAR}}])).name AS name
  FROM charges
  WHERE SkuId IN {skus} AND ChargePeriodStart >= DATE '{since}' AND ChargePeriodStart < DATE '{until}'
    AND ({project} IS NULL OR coalesce(x_Project, SubAccountId) = {project})
)
WHERE credit IS NOT NULL
ORDER BY credit

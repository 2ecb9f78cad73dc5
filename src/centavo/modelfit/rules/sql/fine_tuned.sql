-- Fine-tuned models on the bill: what keeping them costs, and what using them costs.
WITH named AS (
  SELECT
    coalesce(ResourceName, ResourceId, x_ModelId, SkuMeter, ChargeDescription) AS tuned_model,
    x_ModelId AS model, x_Project AS project, BillingCurrency AS currency,
    ServiceProviderName AS provider,
    BilledCost AS cost, ChargePeriodStart AS started_at, x_TokenDirection AS direction,
    lower(concat_ws(' ', x_ModelId, SkuMeter, ChargeDescription)) AS words
  FROM charges
  WHERE BilledCost IS NOT NULL AND {filter}
),
tuned AS (
  SELECT *, direction IS NULL AND NOT regexp_matches(words, 'token') AS is_kept
  FROM named
  WHERE regexp_matches(words, 'fine-? ?tun|\bf-?tuned?\b|(^|\s)ft[:\s-]|custom(ized)? model')
    -- Training is paid once, before anybody asks the model.
    AND NOT regexp_matches(words, 'training|\btrain\b|customization job')
)
SELECT
  tuned_model, max(model) AS model, max(project) AS project, max(provider) AS provider, currency,
  sum(cost) FILTER (WHERE is_kept)::DECIMAL(38,12) AS kept,
  coalesce(sum(cost) FILTER (WHERE NOT is_kept), 0)::DECIMAL(38,12) AS used,
  (min(started_at) FILTER (WHERE is_kept))::DATE AS first_day,
  (max(started_at) FILTER (WHERE is_kept))::DATE AS last_day
FROM tuned
GROUP BY tuned_model, currency
HAVING kept > 0
ORDER BY kept DESC, tuned_model

-- Charges under one vocabulary, in the meter's currency: one row for each cell and kind of charge.
-- What is not model usage takes no part (is_in_scope): machines, storage, and taxes or credits that
-- cover such charges as well.
CREATE OR REPLACE TEMP TABLE reconcile_bill_rows AS
WITH named AS MATERIALIZED (
  SELECT
    reconcile_charged.* EXCLUDE (tier),
    coalesce(tier, 'standard') AS tier,
    names.provider,
    coalesce(names.model, '') AS model,
    raw_model IS NOT NULL OR token_class IN ('input', 'cache_read', 'cache_write', 'output', 'tokens')
      OR tier IS NOT DISTINCT FROM 'provisioned' AS is_model
  FROM reconcile_charged
  JOIN reconcile_names AS names
    ON names.spelled_provider IS NOT DISTINCT FROM reconcile_charged.raw_provider
    AND names.spelled_model IS NOT DISTINCT FROM reconcile_charged.raw_model
),
judged AS MATERIALIZED (
  SELECT
    *,
    -- An account on which models are all that is used: then its taxes and credits are theirs.
    NOT provider IN ('aws', 'google', 'azure', 'oci', 'alibaba') AND bool_and(
      kind <> 'usage' OR is_model OR coalesce(service_category, 'AI and Machine Learning') = 'AI and Machine Learning'
    ) OVER (PARTITION BY provider, raw_account) AS is_model_account,
    bool_and(kind <> 'usage' OR is_model) OVER (PARTITION BY provider, raw_account, service)
      AND bool_or(is_model) OVER (PARTITION BY provider, raw_account, service) AS is_model_service
  FROM named
),
-- Macros of macros grow beyond all bounds, so each step of a conversion is a table of its own.
multiplied AS MATERIALIZED (
  SELECT
    judged.*,
    to_currency,
    divide,
    decimal_mul(billed, coalesce(multiply, 1)) AS billed_times,
    decimal_mul(listed, coalesce(multiply, 1)) AS listed_times,
    decimal_mul(contracted, coalesce(multiply, 1)) AS contracted_times,
    multiply
  FROM judged
  LEFT JOIN reconcile_rates AS rates
    ON rates.provider = judged.provider AND rates.from_currency = judged.currency AND rates.day = judged.day
    AND rates.fx_rate IS NOT DISTINCT FROM judged.fx_rate AND rates.fx_currency = judged.fx_currency
)
SELECT
  basis,
  basis = min(basis) OVER (PARTITION BY provider) AS is_reference,
  day, billing_month, provider, raw_project, raw_account, model, kind,
  CASE WHEN kind = 'usage' THEN coalesce(token_class, 'other') ELSE '' END AS token_class,
  tier, is_long, is_regional, is_held, span, row_count, quantity, exported_at,
  CASE WHEN kind = 'usage' THEN is_model OR is_model_account ELSE is_model OR is_model_account OR is_model_service END AS is_in_scope,
  coalesce(to_currency, currency) AS currency,
  decimals,
  CASE WHEN divide IS NULL THEN billed ELSE decimal_div(billed_times, divide) END AS billed,
  CASE WHEN divide IS NULL THEN listed ELSE decimal_div(listed_times, divide) END AS listed,
  CASE WHEN divide IS NULL THEN contracted ELSE decimal_div(contracted_times, divide) END AS contracted,
  -- What one unit of the bill's currency is in the meter's; a tolerance, so DOUBLE will do.
  coalesce(multiply::DOUBLE / divide::DOUBLE, 1) AS per_unit
FROM multiplied

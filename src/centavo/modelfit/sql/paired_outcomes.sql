-- Prompts that both models answered under one kind of score; ?1 keeps, ?2 is the candidate.
SELECT
    k.item_id,
    k.score AS keep_score,
    c.score AS candidate_score,
    coalesce(k.prompt, c.prompt) AS prompt,
    c.agreement,
    coalesce(k.use_case, c.use_case) AS use_case,
    coalesce(k.feature, c.feature) AS feature,
    coalesce(k.endpoint, c.endpoint) AS endpoint,
    coalesce(k.application, c.application) AS application,
    coalesce(k.team, c.team) AS team,
    k.cost::DOUBLE AS keep_cost,
    c.cost::DOUBLE AS candidate_cost,
    k.cost_currency AS keep_currency,
    c.cost_currency AS candidate_currency
FROM {outcomes} AS k
JOIN {outcomes} AS c
    ON k.item_id = c.item_id
    AND k.score_kind IS NOT DISTINCT FROM c.score_kind
WHERE k.model = $1 AND c.model = $2 AND k.score_kind IS NOT DISTINCT FROM $3
ORDER BY k.item_id

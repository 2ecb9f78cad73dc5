-- Outcomes by model and kind of score, the most first.
SELECT
    model,
    score_kind,
    count(*) AS items,
    avg(score) AS mean_score,
    count(prompt) AS with_prompt,
    count(cost) AS with_cost,
    count(agreement) AS with_agreement
FROM {outcomes}
GROUP BY model, score_kind
ORDER BY items DESC, model, score_kind

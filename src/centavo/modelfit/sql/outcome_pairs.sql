-- Prompts that two models both answered under the same kind of score; the better model first.
WITH pairs AS (
    SELECT
        a.model AS one,
        b.model AS two,
        a.score_kind AS score_kind,
        count(*) AS items,
        avg(a.score) AS score_one,
        avg(b.score) AS score_two
    FROM outcomes AS a
    JOIN outcomes AS b
        ON a.item_id = b.item_id
        AND a.score_kind IS NOT DISTINCT FROM b.score_kind
        AND a.model < b.model
    GROUP BY a.model, b.model, a.score_kind
)
SELECT
    CASE WHEN score_one >= score_two THEN one ELSE two END AS better,
    CASE WHEN score_one >= score_two THEN two ELSE one END AS other,
    score_kind,
    items,
    greatest(score_one, score_two) AS better_score,
    least(score_one, score_two) AS other_score
FROM pairs
ORDER BY items DESC, better_score - other_score, better, other

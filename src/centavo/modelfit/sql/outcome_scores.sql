-- Every score of one kind, with what the answer cost.
SELECT model, item_id, score, cost::DOUBLE AS cost
FROM {outcomes}
WHERE score_kind IS NOT DISTINCT FROM $1
ORDER BY model, item_id

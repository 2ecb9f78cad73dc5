-- Answers that more than one meter recorded. Grouped by a hash of the id (16 bytes a call instead of
-- the whole text); the exact ids are compared where the calls are merged.
CREATE OR REPLACE TEMP TABLE repeated_calls AS
SELECT hash(call_id) AS call_hash
FROM usage_events
WHERE call_id IS NOT NULL AND {filter}
GROUP BY call_hash
HAVING bit_count(bit_or(1::UBIGINT << {meter_number})) > 1

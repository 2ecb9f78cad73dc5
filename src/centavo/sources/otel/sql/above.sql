-- Every span above each call, with its distance. What a tool did is not part of the call above it.
-- Spans may name each other as parents, so the climb ends somewhere.
CREATE OR REPLACE TEMP TABLE otel_above AS
WITH RECURSIVE climb AS (
    SELECT trace, span AS call, parent AS above, 1 AS depth, false AS in_tool FROM otel_calls
    UNION
    SELECT climb.trace, climb.call, links.parent, climb.depth + 1,
        climb.in_tool OR links.is_tool = 1
    FROM climb
    JOIN otel_links AS links ON links.trace = climb.trace AND links.span = climb.above
    WHERE climb.above <> 0 AND climb.depth < 64
)
SELECT * FROM climb WHERE above <> 0 AND above <> call

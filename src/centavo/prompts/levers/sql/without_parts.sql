-- Requests of the scope whose prompts were not kept, and that do not begin like those that were.
SELECT count(*)
FROM {events} AS event
ANTI JOIN {parts} AS part USING (request_no)
ANTI JOIN (
  SELECT request_no FROM traffic_prompts JOIN scope_beginnings USING (scope_no)
) AS alike USING (request_no)
WHERE {where}

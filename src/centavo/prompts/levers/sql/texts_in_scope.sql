-- Each text of the parts in scope once for each vocabulary and, for tools, each scope of requests.
SELECT DISTINCT part.content_hash, prompt.basis_no, {scope} AS scope_no, content.text
FROM {parts} AS part
JOIN {events} AS event USING (request_no)
JOIN traffic_prompts AS prompt USING (request_no)
JOIN (FROM body_contents UNION ALL FROM lever_texts) AS content USING (content_hash)
WHERE {where} AND part.kind IN {kinds}

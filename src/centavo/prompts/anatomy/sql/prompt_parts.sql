-- The parts of each request with kept bodies, and their tokens on the scale of what the provider
-- counted: counted tokens times stated input / counted input.
WITH placed AS (
  SELECT
    call.call_no,
    call.scope_no,
    call.input_tokens,
    part.position,
    part.kind AS body_kind,
    part.member,
    part.role,
    part.content_hash,
    fact.text_no,
    fact.tokens AS counted,
    fact.hint,
    fact.files,
    max(part.position) FILTER (part.kind = 'message' AND fact.hint NOT IN ('output', 'tool_output'))
      OVER each_call AS last_asked,
    sum(fact.tokens) OVER each_call AS all_counted
  FROM prompt_calls AS call
  JOIN body_parts AS part USING (body_hash)
  JOIN prompt_texts AS fact
    ON fact.content_hash = part.content_hash AND fact.basis_no = call.basis_no
      AND fact.kind = part.kind
  WHERE part.kind <> 'settings'
  WINDOW each_call AS (PARTITION BY call.call_no)
)
SELECT
  call_no,
  scope_no,
  position,
  body_kind,
  member,
  role,
  content_hash,
  text_no,
  files,
  counted,
  CASE
    WHEN body_kind IN ('system', 'tools') THEN body_kind
    WHEN hint = 'output' OR hint = 'tool_output' THEN hint
    WHEN hint = 'context' THEN 'context'
    WHEN position = last_asked THEN 'user'
    ELSE 'history'
  END AS kind,
  coalesce(counted * input_tokens / nullif(all_counted, 0), counted)::DOUBLE AS tokens
FROM placed

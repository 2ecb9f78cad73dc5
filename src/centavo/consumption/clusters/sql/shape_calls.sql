-- Calls without a template: what tells them apart before their lengths are looked at, and the cell of
-- their lengths, {steps} to a doubling. A hash or a limit counts where it comes back: one that changes
-- with every call says nothing.
WITH left_over AS (
  SELECT call, provider, model, operation, tier, coalesce(tool_count, 0) > 0 AS has_tools,
    max_output_tokens, system_hash, tools_hash,
    floor({steps} * log2(1 + input_tokens))::INTEGER AS input_cell,
    floor({steps} * log2(1 + coalesce(output_tokens, 0)))::INTEGER AS output_cell
  FROM grouped_calls ANTI JOIN call_templates USING (call)
  WHERE has_shape
),
recurring AS (
  SELECT call,
    count(*) OVER (PARTITION BY provider, model, operation, tier) AS alike,
    count(*) OVER (PARTITION BY provider, model, operation, tier, max_output_tokens) AS same_limit,
    count(*) OVER (PARTITION BY provider, model, operation, tier, system_hash) AS same_system,
    count(*) OVER (PARTITION BY provider, model, operation, tier, tools_hash) AS same_tools
  FROM left_over
)
SELECT
  call, input_cell, output_cell,
  json_object(
    'provider', provider, 'model', model, 'operation', operation, 'tier', tier,
    'tools', CASE WHEN same_tools >= greatest({least}, alike * {share}) THEN tools_hash
      WHEN has_tools THEN 'some' END,
    'limit', CASE WHEN same_limit >= greatest({least}, alike * {share})
      THEN max_output_tokens END,
    'system', CASE WHEN same_system >= greatest({least}, alike * {share}) THEN system_hash END
  )::VARCHAR AS shape_key
FROM left_over JOIN recurring USING (call)

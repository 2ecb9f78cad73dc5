-- The cluster of each call: by its prompt's template, else by its shape; NULL = in none.
SELECT call, coalesce(by_template.cluster_id, by_shape.cluster_id) AS cluster_id
FROM grouped_calls
LEFT JOIN call_templates USING (call)
LEFT JOIN template_clusters AS by_template ON by_template.number = call_templates.number
LEFT JOIN shape_calls USING (call)
LEFT JOIN shape_clusters AS by_shape ON by_shape.shape_key = shape_calls.shape_key
  AND input_cell BETWEEN first_input_cell AND last_input_cell
  AND output_cell BETWEEN first_output_cell AND last_output_cell

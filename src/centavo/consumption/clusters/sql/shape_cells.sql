-- How many calls of each kind have which lengths.
SELECT shape_key, input_cell, output_cell, count(*) AS calls
FROM shape_calls
GROUP BY ALL
ORDER BY ALL

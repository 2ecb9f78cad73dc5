-- Sum of the prices of an input token over all requests of a scope since a day, and the last day.
SELECT sum(input_price), max(day) FROM prompt_calls WHERE scope_no = ? AND day >= ?

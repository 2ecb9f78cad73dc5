-- Second, price of a plain input token and tokens read from a cache of requests of a scope.
SELECT at_s, coalesce(plain_price, 0), cache_read_tokens FROM prompt_calls
WHERE scope_no = ? AND day BETWEEN ? AND ? AND is_error IS DISTINCT FROM true
ORDER BY at_s

-- What spend_log_lines.sql makes of values that are written as LiteLLM writes them.

-- A count; anything but a whole number asks for the careful way.
CREATE OR REPLACE TEMP MACRO litellm_count(stated) AS
  CASE
    WHEN stated >= 0 AND stated < 9007199254740992 AND stated = floor(stated) THEN stated::BIGINT
    WHEN stated IS NOT NULL THEN error('a count that asks for care')::BIGINT
  END;

-- A UTC time or one without a zone, to the microsecond; NULL for any other form.
CREATE OR REPLACE TEMP MACRO litellm_utc(stated) AS
  CASE
    WHEN (ends_with(stated, 'Z') AND length(stated) BETWEEN 20 AND 27)
      OR regexp_full_match(
        stated, '\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d([.]\d{1,6})?([+]00(:?00)?)?'
      )
    THEN TRY_CAST(stated AS TIMESTAMP)
  END;

-- A cost with up to 24 decimals to the ledger's 12, half to even.
CREATE OR REPLACE TEMP MACRO litellm_cost(exact) AS
  CASE
    WHEN abs(exact::DECIMAL(18,12) - exact) = 0.0000000000005
      AND exact::DECIMAL(18,12) % 0.000000000002 <> 0
    THEN exact::DECIMAL(18,12) - 0.000000000001
    ELSE exact::DECIMAL(18,12)
  END::DECIMAL(18,12);

-- Dialect macros: what DuckDB does not offer exactly for DECIMAL(38,12). One engine, one such file.
-- An argument is a DECIMAL(38,12), or casts to one. NULL in, NULL out.

-- Exact decimal text as DECIMAL(38,12), half away from zero at the 12th decimal; NULL when the text
-- is no decimal number ('1,5', '', 'NaN', '1_000') or has more than 26 digits before the point.
CREATE OR REPLACE MACRO safe_decimal(text) AS
  CASE WHEN NOT contains(text, '_') THEN TRY_CAST(text AS DECIMAL(38,12)) END;

-- About x / y in units of 1 / scale: a whole number, wrong by a relative 4e-16 and a half at most.
CREATE OR REPLACE MACRO decimal_about(x, y, scale) AS
  round(x::DOUBLE * scale / y::DOUBLE)::HUGEINT::DECIMAL(38,0);

-- Long division without dividing integers (a HUGEINT division costs 300 ns in DuckDB): each digit
-- group is guessed in DOUBLE and taken off exactly in DECIMAL, so that only guesses are inexact and
-- the rest of one step corrects them in the next.
--   r0 = a - q0 b                  whole units;  |r0| is b / 2 and little more
--   r1 = r0 1e12 - q1 b            twelve decimals
--   r2 = r1 - q2 b                 what the guess q1 missed: now |r2| <= b / 2
-- Macros are written out where they are used, so each is built to name its arguments rarely.
CREATE OR REPLACE MACRO decimal_rest(a, b) AS a - decimal_about(a, b, 1) * b;
CREATE OR REPLACE MACRO decimal_rest1(r0, b) AS
  r0 * 1000000000000::DECIMAL(13,0) - decimal_about(r0, b, 1e12) * b;

-- The units to add to a quotient of which r2 is left: the nearest, an exact half to even.
CREATE OR REPLACE MACRO decimal_half_even(units, r2, b) AS
  units + sign(r2) * sign(b) * CASE sign(abs(r2) * 2 - abs(b))
    WHEN 1 THEN 1
    WHEN 0 THEN abs(units % 2)
    ELSE 0
  END;

CREATE OR REPLACE MACRO decimal_div_units(r0, r1, b) AS
  decimal_half_even(
    decimal_about(r0, b, 1e12) + decimal_about(r1, b, 1), decimal_rest(r1, b), b
  );

CREATE OR REPLACE MACRO decimal_div_typed(a, r0, b) AS
  (decimal_about(a, b, 1)
   + decimal_div_units(r0, decimal_rest1(r0, b), b)::DECIMAL(38,0)
     * 0.000000000001::DECIMAL(12,12)
  )::DECIMAL(38,12);

-- a / b to the 12th decimal, half to even; NULL where b is 0. Exact for |b| < 1e14 and a quotient
-- below 1e26; beyond that DuckDB raises an overflow error, it never answers a wrong digit.
CREATE OR REPLACE MACRO decimal_div(a, b) AS
  decimal_div_typed(
    a::DECIMAL(38,12),
    decimal_rest(a::DECIMAL(38,12), nullif(b, 0)::DECIMAL(38,12)),
    nullif(b, 0)::DECIMAL(38,12)
  );

-- whole = trunc(a) b, exact; part = (a - trunc(a)) b with 24 decimals, exact; both of one sign. The
-- cast of part rounds half away from zero, so an exact half that became odd takes one step back.
CREATE OR REPLACE MACRO decimal_mul_parts(whole, part) AS
  CASE
    WHEN abs(part::DECIMAL(38,12) - part) = 0.0000000000005
      AND (whole + part::DECIMAL(38,12)) % 0.000000000002 <> 0
    THEN whole + part::DECIMAL(38,12) - sign(part) * 0.000000000001::DECIMAL(12,12)
    ELSE whole + part::DECIMAL(38,12)
  END::DECIMAL(38,12);

CREATE OR REPLACE MACRO decimal_mul_typed(a, b) AS
  decimal_mul_parts((trunc(a) * b)::DECIMAL(38,12), (a - trunc(a))::DECIMAL(38,12) * b);

-- a * b to the 12th decimal, half to even. Exact for |b| < 1e14 and a product below 1e26; beyond
-- that DuckDB raises an overflow error.
CREATE OR REPLACE MACRO decimal_mul(a, b) AS
  decimal_mul_typed(a::DECIMAL(38,12), b::DECIMAL(38,12));

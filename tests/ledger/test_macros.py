"""Exact decimal arithmetic in SQL, against Python's Decimal."""

from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centavo.ledger.engine import open_engine

STEP = Decimal("0.000000000001")
UNITS = st.integers(-(10**27), 10**27)  # amounts to 1e15
RATE_UNITS = st.integers(10**6, 10**18).flatmap(lambda n: st.sampled_from([n, -n]))  # 1e-6 to 1e6


@pytest.fixture(scope="module")
def engine():
    return open_engine()


def amount(units: int) -> Decimal:
    with localcontext(prec=100):
        return units * STEP


def rounded(value: Decimal) -> Decimal:
    return value.quantize(STEP, rounding=ROUND_HALF_EVEN)


def ask(engine: duckdb.DuckDBPyConnection, macro: str, pairs: list[tuple[Decimal, Decimal]]):
    sql = (
        f"SELECT {macro}(a, b) FROM (SELECT unnest($1::VARCHAR[])::DECIMAL(38,12) AS a, "
        "unnest($2::VARCHAR[])::DECIMAL(38,12) AS b)"
    )
    texts = [[f"{value:f}" for value in column] for column in zip(*pairs, strict=True)]
    return [row[0] for row in engine.execute(sql, texts).fetchall()]


@settings(max_examples=40)
@given(st.lists(st.tuples(UNITS, RATE_UNITS), min_size=50, max_size=200))
def test_division_and_product_are_those_of_decimal(engine, units):
    pairs = [(amount(a), amount(b)) for a, b in units]
    with localcontext(prec=100):
        assert ask(engine, "decimal_div", pairs) == [rounded(a / b) for a, b in pairs]
        assert ask(engine, "decimal_mul", pairs) == [rounded(a * b) for a, b in pairs]


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(UNITS, st.sampled_from([2, 4, 5, 8, 16, 1000, -2, -8])), min_size=50, max_size=99
    )
)
def test_an_exact_half_goes_to_even(engine, units):
    pairs = [(amount(a), Decimal(b)) for a, b in units]
    halves = [(a, Decimal("0.5")) for a, _ in pairs]
    with localcontext(prec=100):
        assert ask(engine, "decimal_div", pairs) == [rounded(a / b) for a, b in pairs]
        assert ask(engine, "decimal_mul", halves) == [rounded(a * b) for a, b in halves]


def test_division_by_zero_or_null_is_unknown(engine):
    row = engine.execute(
        "SELECT decimal_div(1, 0), decimal_div(NULL, 1), decimal_div(1, NULL), decimal_mul(NULL, 1),"
        " typeof(decimal_div(1, 3)), typeof(decimal_mul(1, 3))"
    ).fetchone()
    assert row == (None, None, None, None, "DECIMAL(38,12)", "DECIMAL(38,12)")


def test_a_quotient_too_large_is_an_error_and_never_a_wrong_digit(engine):
    with pytest.raises(duckdb.Error):
        engine.execute("SELECT decimal_div('1e20'::DECIMAL(38,12), 0.000000000001)").fetchall()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.50", "1.5"),
        ("-0.000000000001", "-0.000000000001"),
        ("1e-7", "0.0000001"),
        ("+3", "3"),
        ("12345678901234567890123456.5", "12345678901234567890123456.5"),
        ("1,5", None),
        ("1_000", None),
        ("", None),
        ("NaN", None),
        ("NULL", None),
        ("1e30", None),
    ],
)
def test_safe_decimal(engine, text, value):
    (found,) = engine.execute("SELECT safe_decimal($1)", [text]).fetchone()
    assert found == (None if value is None else Decimal(value))


def test_the_macros_may_be_installed_twice(engine):
    from centavo.ledger.macros import install_macros

    install_macros(engine)
    assert engine.execute("SELECT decimal_div(1, 8)").fetchone() == (Decimal("0.125"),)

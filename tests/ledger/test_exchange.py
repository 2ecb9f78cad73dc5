"""Dated rates: which one is used, how exactly, and what is unknown."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from centavo.errors import BadValueError, ConfigError
from centavo.ledger.exchange import ExchangeRates

RATES = """date,from,to,rate,source
2026-10-01,USD,BRL,5.40,Banco Central
2026-10-03,USD,BRL,5.4321,Banco Central
2026-10-02,USD,EUR,0.92,
"""
STEP = Decimal("0.000000000001")


def load(tmp_path: Path, text: str, **options: int) -> ExchangeRates:
    path = tmp_path / "rates.csv"
    path.write_text(text, encoding="utf-8")
    return ExchangeRates.load(path, **options)


def test_the_latest_rate_on_or_before_the_day(tmp_path):
    rates = load(tmp_path, RATES)
    way = rates.find("USD", "BRL", date(2026, 10, 4))
    assert way is not None
    assert way.source == "BRL per USD 5.4321 of 2026-10-03 from rates.csv (Banco Central)"
    assert way.apply(Decimal(2)).amount == Decimal("10.8642")
    before = rates.find("USD", "BRL", date(2026, 10, 2))
    assert before is not None
    assert before.multiply == Decimal("5.4")


@pytest.mark.parametrize(
    ("day", "known"), [(date(2026, 10, 10), True), (date(2026, 10, 11), False)]
)
def test_a_rate_too_old_is_unknown(tmp_path, day, known):
    assert (load(tmp_path, RATES).find("USD", "BRL", day) is not None) is known
    assert load(tmp_path, RATES, max_age_days=30).find("USD", "BRL", day) is not None


def test_before_the_first_rate_nothing_is_known(tmp_path):
    assert load(tmp_path, RATES).find("USD", "BRL", date(2026, 9, 30)) is None


def test_the_inverse_divides_by_the_rate_as_stated(tmp_path):
    way = load(tmp_path, RATES).find("BRL", "USD", date(2026, 10, 3))
    assert way is not None
    assert (way.multiply, way.divide) == (1, Decimal("5.4321"))
    assert way.apply(Decimal("5.4321")).amount == 1


def test_a_cross_rate_goes_through_usd_and_names_both(tmp_path):
    way = load(tmp_path, RATES).find("EUR", "BRL", date(2026, 10, 3))
    assert way is not None
    assert (way.multiply, way.divide) == (Decimal("5.4321"), Decimal("0.92"))
    assert way.source == (
        "EUR per USD 0.92 of 2026-10-02 from rates.csv and "
        "BRL per USD 5.4321 of 2026-10-03 from rates.csv (Banco Central)"
    )


def test_columns_are_found_by_name_and_others_ignored(tmp_path):
    text = "Note,RATE,To,from,DATE\n,5.4,brl,usd,2026-10-01\n"
    way = load(tmp_path, text).find("USD", "BRL", date(2026, 10, 1))
    assert way is not None
    assert way.source == "BRL per USD 5.4 of 2026-10-01 from rates.csv"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("date,from,rate\n", "line 1: no column to"),
        ("date,from,to,rate,rate\n", "line 1: column rate stands twice"),
        ("date,from,to,rate\n", "has no rates"),
        ("", "line 1: no column date"),
        (
            "date,from,to,rate\n2026-10-01,USD,BRL,5,43\n",
            "line 2: 5 values where the header names 4",
        ),
    ],
)
def test_a_file_that_cannot_be_used(tmp_path, text, message):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("line", "column", "problem"),
    [
        ("03/10/2026,USD,BRL,5.4", "date", "is not a date"),
        ("2026-10-04,US,BRL,5.4", "from", "is not a currency code"),
        ("2026-10-04,USD,USD,5.4", "to", "is the same currency as from"),
        ('2026-10-04,USD,BRL,"5,4"', "rate", "is not a decimal number"),
        ("2026-10-04,USD,BRL,NaN", "rate", "is not a decimal number"),
        ("2026-10-04,USD,BRL,0", "rate", "is not between"),
        ("2026-10-04,USD,BRL,-5.4", "rate", "is not between"),
        ("2026-10-03,USD,BRL,5.5", "rate", "contradicts line 3"),
    ],
)
def test_a_bad_value_names_file_line_and_column(tmp_path, line, column, problem):
    header, *rest = RATES.splitlines()
    with pytest.raises(BadValueError) as caught:
        load(tmp_path, "\n".join([header, *rest, line + ","]))
    assert (caught.value.line, caught.value.column) == (5, column)
    assert problem in caught.value.message

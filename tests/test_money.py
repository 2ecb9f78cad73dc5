from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centavo.errors import CurrencyError
from centavo.money import Money, currency_code

amounts = st.decimals(
    allow_nan=False, allow_infinity=False, places=12, min_value=-(10**20), max_value=10**20
)


def test_two_currencies_never_add():
    with pytest.raises(CurrencyError, match="USD and BRL"):
        Money(Decimal(1), "USD") + Money(Decimal(1), "BRL")


def test_two_currencies_never_compare():
    with pytest.raises(CurrencyError):
        assert Money(Decimal(1), "USD") < Money(Decimal(1), "BRL")


def test_a_float_is_not_money():
    with pytest.raises(TypeError, match="Decimal, not float"):
        Money(0.1, "USD")


@pytest.mark.parametrize("text", ["", "US", "DOLAR", "U$D", "R$ "])
def test_a_word_is_not_a_currency(text):
    with pytest.raises(CurrencyError, match="is not a currency code"):
        currency_code(text)


def test_rounding_never_shows_minus_zero():
    assert str(Money(Decimal("-0.001"), "USD").rounded().amount) == "0.00"


@given(amounts)
def test_json_amount_is_plain_and_exact(amount):
    text = Money(amount, "USD").as_json()["amount"]
    assert "E" not in text
    assert Decimal(text) == amount

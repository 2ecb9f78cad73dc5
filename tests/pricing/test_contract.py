"""Contracts: spans, shortfalls and taxes to the last digit, and errors with their line."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centavo.errors import BadValueError, ConfigError
from centavo.money import Money
from centavo.pricing import Contract

COMMITMENT = '[[commitment]]\nprovider = "openai*"\namount = "100"\nper = "month"\n'


def load(tmp_path, text):
    path = tmp_path / "contract.toml"
    path.write_text(text, encoding="utf-8")
    return Contract.load(path)


def promise(tmp_path, text):
    return load(tmp_path, text).promises[0]


def test_months_are_counted_from_the_first_day(tmp_path):
    found = promise(tmp_path, COMMITMENT + "valid_from = 2026-01-31\n")
    spans = [(span.first, span.end) for span in found.spans(date(2026, 4, 1))]
    assert spans == [
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2026, 2, 28), date(2026, 3, 31)),
        (date(2026, 3, 31), date(2026, 4, 30)),
    ]


def test_a_term_is_one_span_and_the_last_span_ends_with_the_contract(tmp_path):
    dates = "valid_from = 2026-01-01\nvalid_to = 2026-05-15\n"
    term = promise(tmp_path, COMMITMENT.replace("month", "term") + dates)
    assert [span.end for span in term.spans(date(2027, 1, 1))] == [date(2026, 5, 15)]
    quarters = promise(tmp_path, COMMITMENT.replace("month", "quarter") + dates)
    ends = [span.end for span in quarters.spans(date(2027, 1, 1))]
    assert ends == [date(2026, 4, 1), date(2026, 5, 15)]


def test_what_is_left_is_never_below_zero(tmp_path):
    found = promise(tmp_path, COMMITMENT + "valid_from = 2026-01-01\n")
    assert found.shortfall(Decimal("99.999999999999")).amount == Decimal("0.000000000001")
    assert found.shortfall(Decimal(250)).amount == 0


def test_a_minimum_is_monthly_and_needs_no_name(tmp_path):
    found = promise(tmp_path, "[[minimum]]\namount = 5\nvalid_from = 2026-01-01\n")
    assert (found.kind, found.per, found.name) == ("minimum", "month", "minimum at *")
    assert found.covers("Google Cloud")


TAXES = """
[[tax]]
name = "ISS"
percent = "5"
method = "inside"
[[tax]]
name = "PIS/COFINS"
percent = "9.25"
method = "inside"
valid_to = 2027-01-01
[[tax]]
name = "IOF"
provider = "openai*"
percent = "3.38"
"""


def test_taxes_on_top_and_inside_are_reckoned_apart(tmp_path):
    contract = load(tmp_path, TAXES)
    lines = contract.tax_lines("OpenAI", date(2026, 3, 1), Money(Decimal(100), "USD"))
    assert [line.tax.name for line in lines] == ["ISS", "PIS/COFINS", "IOF"]
    # 100 / (1 - 0.1425) x 5 %, half to even in the 12th decimal.
    assert lines[0].amount.amount == Decimal("5.830903790087")
    assert lines[1].amount.amount == Decimal("10.787172011662")
    assert lines[2].amount.amount == Decimal("3.38")


def test_a_tax_ends_and_belongs_to_its_provider(tmp_path):
    contract = load(tmp_path, TAXES)
    lines = contract.tax_lines("Google Cloud", date(2027, 1, 1), Money(Decimal(100), "BRL"))
    assert [(line.tax.name, line.amount) for line in lines] == [
        ("ISS", Money(Decimal("5.263157894737"), "BRL"))
    ]


@given(cost=st.decimals(0, 10**9, places=12))
def test_taxes_inside_the_price_are_their_share_of_it(tmp_path_factory, cost):
    contract = load(tmp_path_factory.mktemp("contract"), TAXES)
    lines = contract.tax_lines("X", date(2026, 3, 1), Money(cost, "USD"))
    price = cost + sum(line.amount.amount for line in lines)
    for line in lines:
        share = price * line.tax.percent / 100
        assert abs(line.amount.amount - share) <= Decimal("0.000000000003")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (COMMITMENT, 1, "valid_from is missing"),
        (COMMITMENT + 'valid_from = "soon"\n', 5, "is not a date"),
        (COMMITMENT.replace('"100"', "-1") + "valid_from = 2026-01-01\n", 3, "is not between 0"),
        (COMMITMENT.replace('"100"', "true") + "valid_from = 2026-01-01\n", 3, "not a decimal"),
        (COMMITMENT.replace("month", "week") + "valid_from = 2026-01-01\n", 4, "is none of month"),
        (COMMITMENT.replace("month", "term") + "valid_from = 2026-01-01\n", 1, "a term has an end"),
        (COMMITMENT + "valid_from = 2026-02-01\nvalid_to = 2026-01-01\n", 6, "is not later"),
        (COMMITMENT + "valid_from = 2026-01-01\namont = 1\n", 6, "Did you mean amount"),
        (COMMITMENT + 'valid_from = 2026-01-01\ncurrency = "$"\n', 6, "is not a currency code"),
        ("[commitment]\namount = 1\n", 1, "is written [[commitment]]"),
        ("[[discount]]\nfactor = 1\n", 1, "is not a part of a contract"),
        ('[[tax]]\npercent = "5"\n', 1, "name is missing"),
        ('[[tax]]\nname = "ISS"\npercent = "five"\n', 3, "is not a decimal number"),
        (
            '[[tax]]\nname = "A"\npercent = 60\nmethod = "inside"\n'
            '[[tax]]\nname = "B"\npercent = 40\nmethod = "inside"\n',
            3,
            "100 % or more",
        ),
    ],
)
def test_what_cannot_be_used_names_its_line(tmp_path, text, line, message):
    with pytest.raises(BadValueError) as caught:
        load(tmp_path, text)
    assert caught.value.line == line
    assert message in f"{caught.value.message} {caught.value.hint}"


def test_a_file_that_is_not_toml_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"contract\.toml, line 1"):
        load(tmp_path, "[[tax]\n")

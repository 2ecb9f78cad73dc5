from datetime import date
from decimal import Decimal

from centavo.consumption.conversion import converted
from centavo.consumption.cost_cells import CostCell
from centavo.ledger.exchange import ExchangeRates, Rate
from centavo.money import Money

DAY = date(2026, 10, 3)


def cell(amount, currency, *, day=DAY, bill_rate=None):
    return CostCell((), Money(Decimal(amount), currency), 1, 0, 0, day, bill_rate)


def rates(*values):
    return ExchangeRates(
        [Rate(day, base, to, Decimal(value), "", 2) for day, base, to, value in values],
        name="rates.csv",
    )


def test_the_same_currency_stays_as_it_is():
    cells, used = converted([cell("7", "USD")], "USD", None)
    assert (cells[0].cost, used) == (Money(Decimal(7), "USD"), [])


def test_the_bills_own_rate_converts_and_is_named():
    own = (Decimal("1.54"), "USD")
    cells, used = converted([cell("3.08", "AUD", bill_rate=own)], "USD", None)
    assert cells[0].cost == Money(Decimal(2).quantize(Decimal("1e-12")), "USD")
    assert [each.sentence for each in used] == [
        "AUD converted to USD at the bill's own rates: 1.54 AUD for one USD."
    ]


def test_the_bills_own_rate_leads_only_to_its_own_currency():
    cells, used = converted([cell("3.08", "AUD", bill_rate=(Decimal("1.54"), "USD"))], "EUR", None)
    assert cells[0].cost.currency == "AUD"
    assert "stays in AUD" in used[0].sentence


def test_the_users_file_comes_before_the_bills_own_rate():
    file = rates((DAY, "USD", "BRL", "5.0"))
    own = (Decimal("5.5"), "USD")
    cells, used = converted([cell("10", "BRL", bill_rate=own)], "USD", file)
    assert cells[0].cost.amount == Decimal(2)
    assert "rates.csv" in used[0].sentence


def test_each_day_has_its_own_rate():
    file = rates((DAY, "USD", "BRL", "5"), (date(2026, 10, 4), "USD", "BRL", "6"))
    cells, used = converted(
        [cell("1", "USD"), cell("1", "USD", day=date(2026, 10, 4))], "BRL", file
    )
    assert [c.cost.amount for c in cells] == [Decimal(5), Decimal(6)]
    assert "2 dated rates of rates.csv" in used[0].sentence


def test_an_unknown_rate_leaves_the_amount_and_says_so():
    cells, used = converted([cell("1", "GBP")], "BRL", rates((DAY, "USD", "BRL", "5")))
    assert cells[0].cost == Money(Decimal(1), "GBP")
    assert used[0].sentence.startswith("1 row in GBP has no known rate to BRL")

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

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


AMOUNTS = st.decimals(-(10**9), 10**9, places=12)
RATES = st.decimals("0.000001", 10**6, places=12)


@given(
    st.lists(st.tuples(AMOUNTS, st.booleans()), min_size=1), RATES, st.sampled_from(["USD", "BRL"])
)
def test_a_converted_total_is_the_same_however_it_is_cut(parts, rate, base):
    """Of one day and rate: what is left over by rounding each part goes to the largest parts."""
    file = rates((DAY, "USD", "BRL", rate))
    target = "BRL" if base == "USD" else "USD"
    cut, _ = converted([cell(amount, base) for amount, _ in parts], target, file)
    groups = [
        sum(amount for amount, is_first in parts if is_first is wanted) for wanted in (True, False)
    ]
    other, _ = converted([cell(amount, base) for amount in groups], target, file)
    (whole,), _ = converted([cell(sum(groups), base)], target, file)
    for cells in (cut, other):
        assert sum(each.cost.amount for each in cells) == whole.cost.amount


def test_findings_are_converted_each_alone():
    file = rates((DAY, "USD", "BRL", "3"))
    cells, _ = converted([cell("1", "BRL"), cell("1", "BRL")], "USD", file, apart=True)
    assert {str(each.cost.amount) for each in cells} == {"0.333333333333"}

"""Money of findings in one currency: at which rate, and what stays."""

from datetime import UTC, date, datetime
from decimal import Decimal

from centavo.consumption.finding_amounts import findings_in
from centavo.findings import Evidence, Finding, KnownFinding
from centavo.ledger.exchange import ExchangeRates, Rate
from centavo.money import Money
from centavo.period import Period
from tests.memory_ledger import empty_ledger, insert

NOW = datetime(2026, 11, 2, tzinfo=UTC)
PERIOD = Period(datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 4, tzinfo=UTC))


def known(amount: str, currency: str) -> KnownFinding:
    money = Money(Decimal(amount), currency)
    evidence = Evidence("q", "", (), (), 0)
    finding = Finding("X1", {"of": currency}, "", PERIOD, money, "billed", evidence, "", "")
    return KnownFinding(finding, "open", NOW, NOW, ())


def shown_in(currency, *findings, rates=None, bill=()):
    ledger = empty_ledger()
    if bill:
        insert(ledger, "charges", bill)
    register = {each.finding.id: each for each in findings}
    shown = findings_in(currency, register, ledger, rates=rates, now=NOW)
    return [each.finding.per_30d for each in shown.known.values()], shown.rates


def bill_row(day: int, rate: str) -> dict[str, object]:
    return {
        "ChargePeriodStart": datetime(2026, 10, day, 5, tzinfo=UTC),
        "BillingCurrency": "BRL",
        "PricingCurrency": "USD",
        "x_FxRate": rate,
    }


def test_the_users_rate_of_the_last_day_converts_and_stays_out_of_the_register():
    rates = ExchangeRates(
        [
            Rate(date(2026, 10, day), "USD", "BRL", Decimal(rate), "", 2)
            for day, rate in ((3, "5"), (4, "6"))
        ],
        name="rates.csv",
    )
    finding = known("10", "BRL")
    (amount,), used = shown_in("USD", finding, rates=rates, bill=[bill_row(3, "4")])
    assert amount == Money(Decimal(2), "USD")
    assert [use.used for use in used] == [("BRL per USD 5 of 2026-10-03 from rates.csv",)]
    assert finding.finding.per_30d == Money(Decimal(10), "BRL")


def test_without_a_file_the_bills_newest_rate_until_that_day_converts():
    bill = [bill_row(1, "4"), bill_row(3, "5"), bill_row(4, "8")]
    (amount, same), used = shown_in("USD", known("10", "BRL"), known("1", "USD"), bill=bill)
    assert (amount, same) == (Money(Decimal(2), "USD"), Money(Decimal(1), "USD"))
    assert used[0].span == "5"


def test_without_any_rate_the_money_stays_and_is_counted():
    (amount,), used = shown_in("USD", known("10", "BRL"))
    assert amount == Money(Decimal(10), "BRL")
    assert [(use.base, use.used, use.rows) for use in used] == [("BRL", (), 1)]


def test_nothing_asked_for_changes_nothing():
    assert shown_in(None, known("10", "BRL")) == ([Money(Decimal(10), "BRL")], ())

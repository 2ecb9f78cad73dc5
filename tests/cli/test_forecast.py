"""``centavo forecast`` from a bill to its words, its JSON and its refusals."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

HEADER = (
    "BilledCost,BillingAccountId,BillingCurrency,BillingPeriodStart,ChargeCategory,ChargePeriodStart,"
    "ServiceName,Tags"
)
FIRST = date(2026, 3, 2)


@pytest.fixture
def bill(centavo, tmp_path):
    def write(scopes, *, days=100, currency="USD"):
        lines = [
            f"{amount},{currency}-account,{currency},{day:%Y-%m}-01T00:00:00Z,Usage,{day}T00:00:00Z,Compute,"
            f'"{{""application"": ""{name}""}}"'
            for name, amount in scopes.items()
            for day in (FIRST + timedelta(days=n) for n in range(days))
        ]
        (tmp_path / f"{currency}.csv").write_text("\n".join([HEADER, *lines]) + "\n")
        assert centavo("ingest", tmp_path / f"{currency}.csv").exit_code == 0
        return centavo

    return write


def test_the_answer_comes_first_with_its_interval_and_coverage(bill):
    done = bill({"chat": 20})("forecast")
    assert done.exit_code == 0
    assert "June 2026 will end at 600.00 USD, 80 % between" in done.err
    assert "past forecasts of 30 days" in done.err
    assert done.out.splitlines()[0] == "month\tknown USD\tP10\tP50 USD\tP90"
    assert len(done.out.splitlines()) == 14


def test_parts_add_up_in_the_json(bill):
    (found,) = bill({"chat": 20, "search": 7})("forecast", "--by", "application", "--json").json[
        "forecasts"
    ]
    assert [part["scope"] for part in found["parts"]] == [
        {"application": "chat"},
        {"application": "search"},
    ]
    for number, month in enumerate(found["whole"]["months"]):
        parts = [Decimal(part["months"][number]["p50"]["amount"]) for part in found["parts"]]
        assert sum(parts) == Decimal(month["p50"]["amount"])


def test_the_newest_days_of_a_bill_are_still_arriving(bill):
    report = bill({"chat": 20})("forecast", "--json").json
    assert report["complete_until"] == "2026-06-08"
    assert report["seen_until"] == "2026-06-10"


def test_each_currency_has_its_own_forecast(bill):
    bill({"chat": 20}, currency="BRL")
    report = bill({"chat": 5})("forecast", "--json").json
    assert [each["currency"] for each in report["forecasts"]] == ["BRL", "USD"]


def test_a_short_history_is_a_run_rate_and_says_so(bill):
    done = bill({"chat": 20}, days=6)("forecast")
    assert "Only 4 complete days are known: the mean day goes on (run-rate)" in done.err
    assert "coverage is not measured" in done.err


def test_a_past_day_can_be_forecast_and_held_against_what_came(bill):
    found = bill({"chat": 20})(
        "forecast", "--from", "2026-05-11", "--until", "2026-06-01", "--json"
    )
    (month,) = found.json["forecasts"][0]["whole"]["months"]
    assert (month["known"]["amount"], month["p50"]["amount"]) == ("200", "620")


def test_plans_enter_with_their_effect(bill, tmp_path):
    (tmp_path / "centavo.toml").write_text('[forecast]\nplans = "plans.toml"\n')
    (tmp_path / "plans.toml").write_text(
        '[[plan]]\nnote = "chat doubles"\nfrom = 2026-07-01\nmatch = { application = "chat" }\n'
        'percent = "+100"\n'
        '[[plan]]\nnote = "a new search"\nfrom = 2026-07-01\namount = "365"\n'
        'match = { application = "search" }\n'
        '[[plan]]\nnote = "in reais"\nfrom = 2026-07-01\namount = "365"\ncurrency = "BRL"\n'
    )
    asked = ("forecast", "--by", "application", "--until", "2026-08-01")
    done = bill({"chat": 20, "search": 7})(*asked)
    assert "2026-07-01  +620.00 USD: plan, chat doubles" in done.err
    assert "2026-07-01  +372.00 USD: plan, a new search" in done.err
    assert "in reais" not in done.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[plan]]\nfrom = 2026-07-01\npercent = "1"', "has no note"),
        ('[[plan]]\nnote = "a"\npercent = "1"', "has no first day"),
        ('[[plan]]\nnote = "a"\nfrom = "July"\npercent = "1"', "is not a date"),
        ('[[plan]]\nnote = "a"\nfrom = 2026-07-01', "needs one of percent, amount and ends"),
        ('[[plan]]\nnote = "a"\nfrom = 2026-07-01\npercent = "-120"', "is below -100"),
        (
            '[[plan]]\nnote = "a"\nfrom = 2026-07-01\nuntil = 2026-06-01\nends = true',
            "not after from",
        ),
        ('[[plan]]\nnote = "a"\nfrom = 2026-07-01\namount = "x"', "is not a number"),
        ('[[plan]]\nnote = "a"\nfrom = 2026-07-01\nperc = "1"', "perc is not known"),
        ("[[plans]]", "plans is not known"),
        ("plan = 3", "is not a list of tables"),
    ],
)
def test_a_plan_that_cannot_be_used_is_refused_with_its_line(centavo, tmp_path, text, said):
    (tmp_path / "centavo.toml").write_text('[forecast]\nplans = "plans.toml"\n')
    (tmp_path / "plans.toml").write_text(text + "\n")
    done = centavo("forecast")
    assert done.exit_code == 2
    assert "plans.toml, line" in done.err
    assert said in done.err


def test_an_empty_ledger_and_an_end_in_the_past_are_refused(bill, centavo):
    assert centavo("forecast").exit_code == 2
    done = bill({"chat": 20})("forecast", "--until", "2026-01-01")
    assert done.exit_code == 2
    assert "--until 2026-01-01 is not after the last complete day" in done.err

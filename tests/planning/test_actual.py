"""Plan against actual: volume, mix, price and exchange rate add up to every deviation exactly."""

from decimal import Decimal

import pytest

from tests.shared_data import shared_data
from tests.sources.focus_files import rows, write

MONTH = {
    "BillingPeriodStart": "2026-01-01T00:00:00Z",
    "ChargePeriodStart": "2026-01-05T00:00:00Z",
    "ChargePeriodEnd": "2026-01-06T00:00:00Z",
    "EffectiveCost": "0",
}
PLAN = """plan: Actual
currency: {currency}
start: 2026-01
months: 3
drivers: {{large: 100 h, small: 300 h, disk: 50 GB-month}}
prices:
  big: {{price: 2 USD/h, as_of: 2026-01-01, source: x}}
  little: {{price: 0.5 USD/h, as_of: 2026-01-01, source: x}}
  gp3: {{price: 0.1 USD/GB-month, as_of: 2026-01-01, source: x}}
exchange:
  - {{from: USD, to: BRL, rate: 5, as_of: 2026-01-01, source: x}}
components:
  large: {{quantity: large, price: big, group: machines, meter: {{where: {{sku: big}}}}}}
  small: {{quantity: small, price: little, group: machines, meter: {{where: {{sku: small*}}}}}}
  disk: {{quantity: disk, price: gp3, meter: {{measure: cost, where: {{sku: gp3}}}}}}
  n8n: {{quantity: 1 month, price: llamaflow-n8n-cloud}}
"""


def charge(sku, cost, quantity, unit="Hours", **more):
    return {
        **MONTH, "SkuId": sku, "BilledCost": cost, "ConsumedQuantity": quantity,
        "ConsumedUnit": unit, "ServiceName": f"Service of {sku}", "Tags": "{}", **more,
    }  # fmt: skip


@pytest.fixture
def compared(centavo, tmp_path):
    """Return a function that ingests charges and holds the plan against them."""

    def run(*charges, currency="USD", months=1, rates="", plan=PLAN):
        write(tmp_path / "bill.csv", rows(*charges))
        (tmp_path / "plan.yaml").write_text(plan.format(currency=currency), encoding="utf-8")
        if rates:
            (tmp_path / "rates.csv").write_text(rates)
            (tmp_path / "centavo.toml").write_text('[currency]\nrates = "rates.csv"\n')
        assert centavo("ingest", tmp_path / "bill.csv").exit_code == 0
        done = centavo("plan", "actual", "plan.yaml", "--months", months, "--json")
        assert done.exit_code == 0, done.err
        return done.json

    return run


def amounts(line):
    names = ("planned", "actual", "volume", "mix", "price", "exchange", "unsplit")
    return {name: Decimal(line[name]["amount"]) for name in names}


def check_adds_up(line):
    it = amounts(line)
    parts = it["volume"] + it["mix"] + it["price"] + it["exchange"] + it["unsplit"]
    assert parts == it["actual"] - it["planned"] == Decimal(line["deviation"]["amount"])


def test_volume_mix_and_price_of_a_group(compared):
    found = compared(charge("big", "420", "200"), charge("small-a", "100", "100"),
                     charge("small-b", "60", "100"))  # fmt: skip
    large, small, disk = found["lines"]
    # As many hours as planned, half of them on large machines instead of a quarter.
    assert amounts(large) == {
        "planned": 200, "actual": 420, "volume": 0, "mix": 200, "price": 20, "exchange": 0,
        "unsplit": 0,
    }  # fmt: skip
    assert (amounts(small)["mix"], amounts(small)["price"]) == (-50, 60)
    assert small["quantity"] == "200"
    assert amounts(disk)["planned"] == 5
    for line in (*found["lines"], found["total"]):
        check_adds_up(line)


def test_unplanned_spend_is_a_line_and_no_row_counts_twice(compared):
    found = compared(charge("big", "200", "100"), charge("gpu", "77.77", "3"))
    assert [(it["name"], it["actual"]["amount"]) for it in found["unplanned"]] == [
        ("Service of gpu", "77.77")
    ]
    assert Decimal(found["total"]["actual"]["amount"]) == Decimal("277.77")
    check_adds_up(found["total"])


def test_what_is_not_measured_is_not_split_and_what_has_no_meter_is_in_no_total(compared):
    found = compared(charge("gp3", "8", "40", "GB-Months"), charge("big", "9", "", ""))
    disk = next(it for it in found["lines"] if it["name"] == "disk")
    assert (disk["quantity"], amounts(disk)["unsplit"]) == (None, 3)
    large = next(it for it in found["lines"] if it["name"] == "large")
    assert amounts(large)["unsplit"] == -191
    assert found["unmetered"] == {"n8n": {"amount": "50", "currency": "USD"}}
    check_adds_up(found["total"])


def test_the_exchange_rate_of_the_day_is_an_effect_of_its_own(compared):
    rates = "date,from,to,rate\n2026-01-05,USD,BRL,6\n"
    found = compared(charge("big", "200", "100"), currency="BRL", rates=rates)
    large = found["lines"][0]
    assert amounts(large) == {
        "planned": 1000, "actual": 1200, "volume": amounts(large)["volume"],
        "mix": amounts(large)["mix"], "price": 0, "exchange": 200, "unsplit": 0,
    }  # fmt: skip
    check_adds_up(large)
    assert found["rates_assumed"] == []


def test_without_rates_of_the_day_the_plans_own_is_used_and_said(compared, centavo):
    found = compared(charge("big", "200", "100"), currency="BRL")
    assert found["rates_assumed"] == ["USD"]
    assert amounts(found["lines"][0])["exchange"] == 0
    said = centavo("plan", "actual", "plan.yaml", "--months", 1).err
    assert "USD converted at the plan's own rate" in said
    assert "Nothing in the ledger fits small, disk: not spent, or not read." in said


def test_a_currency_that_nothing_converts_is_refused(compared, centavo, tmp_path):
    compared(charge("big", "200", "100"))
    write(tmp_path / "bill.csv", rows(charge("big", "200", "100", BillingCurrency="EUR")))
    centavo("ingest", tmp_path / "bill.csv")
    done = centavo("plan", "actual", "plan.yaml", "--months", 1)
    assert done.exit_code == 2
    assert "no rate from EUR to USD" in done.err


def test_the_forecast_goes_on_at_the_pace_so_far(compared):
    found = compared(charge("big", "400", "200"), charge("gpu", "10", "1"), plan=PLAN)
    # large at twice the plan, unplanned as before, n8n as planned; small and disk: nothing so far.
    assert Decimal(found["forecast"]["amount"]) == 400 * 3 + 10 * 3 + 50 * 3


def test_a_plan_without_meters_is_told_how(centavo, tmp_path):
    write(tmp_path / "bill.csv", rows(charge("big", "1", "1")))
    centavo("ingest", tmp_path / "bill.csv")
    text = "start: 2026-01\ncomponents:\n  n8n: {quantity: 1 month, price: llamaflow-n8n-cloud}\n"
    (tmp_path / "plan.yaml").write_text(text)
    done = centavo("plan", "actual", "plan.yaml")
    assert done.exit_code == 2
    assert "no component of plan has a meter" in done.err


def test_a_plan_of_what_runs_costs_what_ran(centavo, tmp_path):
    write(
        tmp_path / "bill.csv",
        rows(
            charge("big", "123.456789012", "77.7", ServiceName="EC2"),
            charge("gp3", "8.1", "40", "GB-Months", ServiceName="EBS"),
            charge("x", "3", "", "", ServiceName="Support"),
        ),
    )
    centavo("ingest", tmp_path / "bill.csv")
    done = centavo("plan", "init", "--from-ledger", "--month", "2026-01", "--start", "2026-01",
                   "--months", 1, "--by", "service")  # fmt: skip
    assert "Wrote plan.yaml: 3 components" in done.err
    shown = centavo("plan", "show", "plan.yaml", "--json").json["scenarios"][0]
    assert shown["month"]["amount"] == "134.556789012"
    found = centavo("plan", "actual", "plan.yaml", "--json").json
    assert found["total"]["deviation"]["amount"] == "0"
    assert found["unplanned"] == []
    again = centavo("plan", "init", "--from-ledger", "--month", "2026-01")
    assert again.exit_code == 2
    assert "exists and is kept" in again.err


def test_what_runs_in_two_currencies_becomes_a_plan_in_one(centavo, tmp_path):
    both = rows(charge("a", "10", "5"), charge("b", "53", "10", BillingCurrency="BRL"))
    write(tmp_path / "bill.csv", both)
    centavo("ingest", tmp_path / "bill.csv")
    asked = ("plan", "init", "--from-ledger", "--month", "2026-01", "--start", "2026-01")
    done = centavo(*asked)
    assert done.exit_code == 2
    assert "the costs are in BRL and USD" in done.err
    assert "no rate from USD to BRL" in centavo(*asked, "--currency", "BRL").err
    (tmp_path / "rates.csv").write_text("date,from,to,rate\n2026-01-30,USD,BRL,5.3\n")
    (tmp_path / "centavo.toml").write_text('[currency]\nrates = "rates.csv"\n')
    assert centavo(*asked, "--currency", "BRL").exit_code == 0
    shown = centavo("plan", "show", "plan.yaml", "--json").json["scenarios"][0]
    assert shown["month"] == {"amount": "106", "currency": "BRL"}


def test_a_plan_from_one_published_run_against_another_is_split_exactly(centavo):
    folder = shared_data("nextflow-seqera-runs")
    plain, fusion = "3dLeF2W4ju5og4", "1xpti5PH3K2VUW"
    centavo("ingest", *(folder / f"{run}.json.gz" for run in (plain, fusion)))
    centavo("plan", "init", "--from-ledger", "--basis", "estimated", "--month", "2025-09",
            "--start", "2025-09", "--months", 1, "--by", "application,feature", "--top", 100,
            "--where", f"account={plain}")  # fmt: skip
    found = centavo("plan", "actual", "plan.yaml", "--basis", "estimated", "--json",
                    "--where", f"account={fusion}").json  # fmt: skip
    total = found["total"]
    assert round(Decimal(total["planned"]["amount"]), 4) == Decimal("31.8752")
    assert round(Decimal(total["actual"]["amount"]), 4) == Decimal("16.6709")
    for line in (*found["lines"], total):
        check_adds_up(line)
    assert Decimal(total["unsplit"]["amount"]) == 0
    assert found["unplanned"] == []

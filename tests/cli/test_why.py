import json
import re
from decimal import Decimal
from importlib.resources import files

import pytest

HEADER = (
    "BilledCost,BillingAccountId,BillingCurrency,BillingPeriodStart,ChargeCategory,ChargePeriodStart,"
    "ServiceName,SkuId,PricingQuantity,PricingUnit,Tags"
)
WEEKS = ("2026-03-03", "2026-03-10")
ASKED = ("why", "--since", "2026-03-09", "--until", "2026-03-16")


def row(cost, quantity="", *, day, sku="S", **more):
    application = more.get("application", "chat")
    tags = f'"{{""application"": ""{application}""}}"' if application else "{}"
    currency, category = more.get("currency", "USD"), more.get("category", "Usage")
    return (
        f"{cost},A,{currency},2026-03-01T00:00:00Z,{category},{day}T10:00:00Z,Compute,{sku},"
        f"{quantity},{'hours' if quantity else ''},{tags}"
    )


def pair(before, after, **more):
    """The same in both weeks; each side is (cost, quantity) or nothing."""
    sides = zip(WEEKS, (before, after), strict=True)
    return [row(*side, day=day, **more) for day, side in sides if side]


@pytest.fixture
def bill(centavo, tmp_path):
    def write(*rows):
        (tmp_path / "bill.csv").write_text("\n".join([HEADER, *rows]) + "\n")
        assert centavo("ingest", tmp_path / "bill.csv").exit_code == 0
        return centavo

    return write


def whole(report):
    (change,) = report["changes"]
    return change


def parts(split):
    return {name: value for name, value in split.items() if value != "0"}


def test_volume_and_not_price_is_said_first(bill):
    rows = [*pair(("100", "10"), ("200", "20")), *pair(("50", "5"), ("51", "5.1"), application="x")]
    done = bill(*rows)(*ASKED)
    assert done.err.splitlines()[0] == (
        "Cost rose 67 % (+101.00 USD), 99 % of it from application chat: volume, not price."
    )


def test_a_price_is_told_from_volume(bill):
    rows = [*pair(("100", "10"), ("140", "10")), *pair(("50", "5"), ("50", "5"), application="x")]
    change = whole(bill(*rows)(*ASKED, "--json").json)
    assert parts(change["split"]) == {"price": "40"}
    assert change["causes"][0]["element"] == {"application": "chat"}
    assert change["causes"][0]["share"] == "1.000000"


def test_a_new_application_is_new_and_a_gone_one_gone(bill):
    rows = [
        *pair(("100", "10"), ("100", "10")),
        *pair(None, ("40", "1"), application="fresh"),
        *pair(("30", "1"), None, application="old"),
    ]
    change = whole(bill(*rows)(*ASKED, "--json").json)
    assert parts(change["split"]) == {"new": "40", "gone": "-30"}
    assert [cause["element"]["application"] for cause in change["causes"]] == ["fresh", "old"]


def test_a_credit_that_ended_raises_cost(bill):
    rows = [*pair(("100", "10"), ("100", "10")), *pair(("-20",), None, category="Credit", sku="C")]
    done = bill(*rows)(*ASKED)
    assert "a credit that ended" in done.err.splitlines()[0]


def test_cost_without_a_quantity_is_not_split(bill):
    change = whole(bill(*pair(("100",), ("130",)))(*ASKED, "--json").json)
    assert parts(change["split"]) == {"unmeasured": "30"}


def test_two_currencies_are_two_answers(bill):
    rows = [*pair(("1", "1"), ("2", "2")), *pair(("1", "1"), ("4", "4"), currency="BRL")]
    report = bill(*rows)(*ASKED, "--json").json
    changes = {c["change"]["currency"]: c["change"]["amount"] for c in report["changes"]}
    assert changes == {"USD": "1", "BRL": "3"}


def test_every_column_adds_up_to_the_last_digit(bill):
    rows = [
        line
        for n in range(1, 9)
        for line in pair(
            (f"{n}.000000000001", f"{n}.3"),
            (f"{7 - n}.{n}00000000007", f"{n + 1}.7"),
            application=f"app{n % 3}",
            sku=f"S{n}",
        )
    ]
    change = whole(bill(*rows)(*ASKED, "--json").json)
    everything = [*change["causes"], change["remaining"]]
    for name, total in change["split"].items():
        assert sum(Decimal(c["split"][name]) for c in everything) == Decimal(total)
    for part in [*everything, change]:
        assert sum(map(Decimal, part["split"].values())) == Decimal(part["change"]["amount"])
    assert sum(Decimal(c["change"]["amount"]) for c in everything) == Decimal(
        change["change"]["amount"]
    )


def test_the_whole_is_what_costs_says(bill):
    centavo = bill(*pair(("100.5", "10"), ("140.25", "10")), *pair(("1",), ("2",), application=""))
    change = whole(centavo(*ASKED, "--json").json)
    costs = centavo("costs", "--since", "2026-03-09", "--until", "2026-03-16", "--json").json
    assert change["after"] == costs["total"]


def test_dimensions_can_be_asked_for(bill):
    rows = [*pair(("1", "1"), ("9", "9"), sku="S1"), *pair(("1", "1"), ("1", "1"), sku="S2")]
    report = bill(*rows)(*ASKED, "--by", "sku", "--json").json
    assert report["by"] == ["sku"]
    assert whole(report)["causes"][0]["element"] == {"sku": "S1"}


def test_only_a_part_can_be_asked(bill):
    rows = [*pair(("1", "1"), ("9", "9")), *pair(("1", "1"), ("3", "3"), application="x")]
    change = whole(bill(*rows)(*ASKED, "--where", "application=x", "--json").json)
    assert change["change"]["amount"] == "2"


def test_no_change_is_said(bill):
    done = bill(*pair(("1", "1"), ("1", "1")))(*ASKED)
    assert done.err.startswith("Cost did not change (1.0000 USD).")


def test_nothing_before_is_not_a_rise(bill):
    done = bill(row("1", "1", day="2026-03-10"))(*ASKED)
    assert done.exit_code == 2
    assert "the ledger begins on 2026-03-10" in done.err


def test_a_period_without_cost_is_not_zero(bill):
    done = bill(*pair(("1", "1"), ("1", "1")))(
        "why", "--since", "2027-01-04", "--until", "2027-01-11"
    )
    assert done.exit_code == 2
    assert "no cost in these two periods" in done.err


def test_an_evidence_level_that_is_not_there_is_named(bill):
    done = bill(*pair(("1", "1"), ("1", "1")))(*ASKED, "--basis", "metered")
    assert done.exit_code == 2


def test_a_quote_in_a_name_is_only_a_name(bill):
    rows = [*pair(("1", "1"), ("9", "9"), application="o'hara"), *pair(("1", "1"), ("1", "1"))]
    change = whole(bill(*rows)(*ASKED, "--json").json)
    assert change["causes"][0]["element"] == {"application": "o'hara"}
    assert change["causes"][0]["change"]["amount"] == "8"


def test_csv_holds_exact_amounts_and_every_part(bill):
    rows = [
        *pair(("1", "1"), ("9.000000000001", "9")),
        *pair(("1", "1"), ("1", "1"), application="x"),
    ]
    lines = bill(*rows)(*ASKED, "--format", "csv").out.splitlines()
    assert lines[0] == "cause,change USD,share,why,price,volume,before,after"
    assert lines[1].startswith("application chat,8.000000000001,100.0 %,volume,")


def test_a_monthly_bill_is_compared_by_month(bill):
    def monthly(cost, month):
        return f"{cost},A,USD,2026-{month}-01T00:00:00Z,Usage,2026-{month}-01T00:00:00Z,Compute,S,1,hours,{{}}"

    report = bill(monthly("1", "01"), monthly("2", "02"), monthly("5", "03"))("why", "--json").json
    assert report["later"]["since"][:10] == "2026-03-01"
    assert report["earlier"]["since"][:10] == "2026-02-01"
    assert whole(report)["change"]["amount"] == "3"


def request(day, n, *, tokens, model="gpt-4o", application="chat"):
    return json.dumps(
        {
            "timestamp": f"{day}T10:00:{n:02}Z",
            "provider": "openai",
            "request_id": f"{day}-{application}-{n}",
            "model": model,
            "metadata": {"application": application},
            "usage": {"prompt_tokens": tokens, "completion_tokens": 10},
        }
    )


def test_longer_requests_are_told_from_more_of_them(centavo, tmp_path):
    lines = [
        request(day, n, tokens=tokens * 1000, application=app)
        for day, factor in zip(WEEKS, (1, 3), strict=True)
        for n in range(10)
        for app, tokens in (("chat", factor), ("other", 1))
    ]
    (tmp_path / "calls.jsonl").write_text("\n".join(lines) + "\n")
    assert centavo("ingest", tmp_path / "calls.jsonl").exit_code == 0
    done = centavo(*ASKED)
    assert "application chat: volume (longer requests, +198 % tokens each), not price" in done.err
    cause = whole(centavo(*ASKED, "--json").json)["causes"][0]
    assert cause["requests"] == [10, 10]
    assert Decimal(cause["split"]["price"]) == 0


@pytest.mark.parametrize("name", ["billed_rows", "metered_rows"])
def test_why_and_costs_know_the_same_dimensions(name):
    folder = files("centavo.consumption").joinpath("sql")
    named = [
        set(re.findall(r"(?:AS |^  )(\w+)(?=,?$)", path.read_text(), re.MULTILINE))
        for path in (folder.joinpath(f"{name}.sql"), folder.joinpath("why", f"{name}.sql"))
    ]
    assert named[0] - {"basis", "cost"} <= named[1]


def test_a_large_ledger_answers_the_same_change(bill, monkeypatch):
    from centavo.consumption.root_cause import items

    rows = [
        *pair(("100", "10"), ("240", "20")),
        *pair(("50", "5"), ("50", "5"), application="x", sku="T"),
        *pair(None, ("7", "1"), application="y", sku="U"),
    ]
    centavo = bill(*rows)
    small = whole(centavo(*ASKED, "--json").json)
    monkeypatch.setattr(items, "_LARGE_FROM", 1)
    report = centavo(*ASKED, "--json").json
    large = whole(report)
    assert any("large ledger" in note for note in report["notes"])
    assert large["split"] == small["split"]
    assert [c["element"] for c in large["causes"]] == [c["element"] for c in small["causes"]]

import json
from decimal import Decimal

import pytest

HEADER = (
    "BilledCost,ListCost,BillingAccountId,BillingCurrency,BillingPeriodStart,ChargeCategory,"
    "ChargePeriodStart,ServiceName,Tags"
)


def row(
    cost, *, day="2026-03-05", currency="USD", application="chat", listed="2", service="Compute"
):
    tag = f'"{{""application"": ""{application}""}}"' if application else "{}"
    return (
        f"{cost},{listed},A,{currency},{day[:7]}-01T00:00:00Z,Usage,{day}T10:00:00Z,{service},{tag}"
    )


@pytest.fixture
def bill(centavo, tmp_path):
    def write(*rows, rules=""):
        (tmp_path / "bill.csv").write_text("\n".join([HEADER, *rows]) + "\n")
        if rules:
            (tmp_path / "rules.toml").write_text(rules)
            (tmp_path / "centavo.toml").write_text('[attribution]\nrules = "rules.toml"\n')
        assert centavo("ingest", tmp_path / "bill.csv").exit_code == 0
        return centavo

    return write


def keyed(done, name):
    return {row["key"][name]: row["cost"]["amount"] for row in done.json["rows"]}


def test_two_currencies_are_reported_apart(bill):
    report = bill(row("1"), row("2", currency="BRL"))("costs", "--json").json
    assert report["total"] is None
    assert {t["currency"]: t["amount"] for t in report["totals"]} == {"USD": "1", "BRL": "2"}


def test_the_unattributed_remainder_is_a_row(bill):
    done = bill(row("1"), row("2", application=""))("costs", "--by", "application", "--json")
    assert keyed(done, "application") == {"chat": "1", None: "2"}
    assert done.json["attributed_rows"] == 1


def test_months_are_rows_in_order_of_time(bill):
    centavo = bill(row("1"), row("5", day="2026-04-01"), row("2", day="2026-03-31"))
    done = centavo("costs", "--grain", "month", "--json")
    assert [(r["key"]["period"], r["cost"]["amount"]) for r in done.json["rows"]] == [
        ("2026-03", "3"),
        ("2026-04", "5"),
    ]


def test_a_week_is_its_monday(bill):
    done = bill(row("1", day="2026-03-08"), row("2", day="2026-03-09"))(
        "costs", "--grain", "week", "--json"
    )
    assert keyed(done, "period") == {"2026-03-02": "1", "2026-03-09": "2"}


def test_until_is_excluded(bill):
    centavo = bill(row("1"), row("2", day="2026-03-06"))
    report = centavo("costs", "--since", "2026-03-05", "--until", "2026-03-06", "--json").json
    assert report["total"]["amount"] == "1"


def test_top_leaves_the_total_whole(bill):
    centavo = bill(row("5", application="a"), row("3", application="b"), row("1", application="c"))
    report = centavo("costs", "--by", "application", "--top", "1", "--json").json
    amounts = [Decimal(r["cost"]["amount"]) for r in report["rows"]]
    assert amounts == [Decimal(5), Decimal(4)]
    assert sum(amounts) == Decimal(report["total"]["amount"])


def test_an_unknown_cost_is_counted_not_zero(bill):
    report = bill(row("1", listed=""), row("1"))("costs", "--metric", "list", "--json").json
    assert report["total"]["amount"] == "2"
    assert report["notes"] == ["1 rows have no list cost; it is unknown and in no total."]


def test_shared_cost_is_divided_to_the_last_digit(bill):
    rules = """
[[shared]]
name = "platform"
match = { application = "platform" }
to = "application"
split = "fixed"
shares = { chat = "0.3333", search = "0.6667" }
"""
    centavo = bill(row("1"), row("10.000000000001", application="platform"), rules=rules)
    done = centavo("costs", "--by", "application", "--json")
    shares = keyed(done, "application")
    assert set(shares) == {"chat", "search"}
    assert sum(map(Decimal, shares.values())) == Decimal("11.000000000001")
    assert any("divided" in note for note in done.json["notes"])


FIXED = """
[[shared]]
name = "platform"
match = { application = "platform" }
to = "application"
split = "fixed"
shares = { chat = "0.25", search = "0.75" }
"""
BY_COST = """
[[shared]]
name = "platform"
match = { application = "platform" }
to = "application"
split = "usage"
measure = "cost"
"""


@pytest.mark.parametrize("rules", [FIXED, BY_COST])
@pytest.mark.parametrize("by", ["application", "application,service", "service,application"])
def test_a_filter_shows_what_its_row_showed(bill, rules, by):
    """Shared cost is divided before an application is picked out, not after."""
    centavo = bill(
        row("1"),
        row("3", application="search", service="Other"),
        row("8", application="platform"),
        rules=rules,
    )
    for key in centavo("costs", "--by", by, "--json").json["rows"]:
        filters = [f"--where={name}={value}" for name, value in key["key"].items()]
        assert centavo("costs", *filters, "--json").json["total"] == key["cost"]
    gone = centavo("costs", "--where", "application=platform")
    assert gone.exit_code == 2
    assert "no cost in that period and selection" in gone.err


def test_who_only_receives_can_be_picked_out(bill):
    centavo = bill(row("1"), row("8", application="platform"), rules=FIXED)
    assert (
        centavo("costs", "--where", "application=search", "--json").json["total"]["amount"] == "6"
    )
    assert centavo("costs", "--where", "team=nobody").exit_code == 2


def test_an_unknown_dimension_is_refused_with_near_names(bill):
    done = bill(row("1"))("costs", "--by", "applications")
    assert done.exit_code == 2
    assert "Did you mean application" in done.err


def test_a_typo_never_becomes_a_query(centavo):
    assert centavo("cost").exit_code == 2


def test_nothing_read_is_not_zero(centavo):
    done = centavo("costs")
    assert done.exit_code == 2
    assert "there is no ledger" in done.err
    assert done.out == ""


def test_a_period_without_cost_is_not_zero(bill):
    done = bill(row("1"))("costs", "--since", "2027-01")
    assert done.exit_code == 2
    assert "no cost in that period" in done.err


def test_markdown_and_csv_hold_the_same_rows(bill):
    centavo = bill(row("1.5"))
    assert "| chat | 1.5000 |" in centavo("costs", "--by", "application", "--format", "md").out
    assert (
        centavo("costs", "--by", "application", "--format", "csv")
        .out.splitlines()[1]
        .startswith("chat,1.5,")
    )


def test_rows_of_a_month_that_may_still_change_are_counted(bill, tmp_path):
    from datetime import UTC, datetime

    from centavo.consumption.cost_cells import CostQuestion
    from centavo.consumption.costs import cost_report
    from centavo.ledger.ledger import Ledger
    from centavo.ledger.location import LedgerLocation

    bill(row("1", day="2026-02-28"), row("1"), row("1"))
    ledger = Ledger.open(LedgerLocation(tmp_path / ".centavo"))
    report = cost_report(ledger, CostQuestion(), now=datetime(2026, 4, 9, tzinfo=UTC))
    assert report.coverage.rows_preliminary == 2
    later = cost_report(ledger, CostQuestion(), now=datetime(2026, 4, 11, tzinfo=UTC))
    assert later.coverage.rows_preliminary == 0


def test_what_is_known_only_as_sums_is_said_and_in_no_cost(bill, tmp_path):
    centavo = bill(row("1.5"))
    day = {"date": "2026-03-05", "model": "openai/gpt-4o", "requests": 12, "usage": 0.1}
    sums = {**day, "model_permaslug": "openai/gpt-4o", "prompt_tokens": 9, "completion_tokens": 3,
            "reasoning_tokens": 0, "provider_name": "OpenAI", "endpoint_id": "e"}  # fmt: skip
    path = tmp_path / "activity.json"
    path.write_text(json.dumps({"data": [sums]}))
    assert centavo("ingest", path).exit_code == 0
    done = centavo("costs", "--json")
    assert "in no cost: 12 requests in 1 interval from openrouter-activity" in " ".join(
        done.json["notes"]
    )
    assert done.json["total"] == {"amount": "1.5", "currency": "USD"}

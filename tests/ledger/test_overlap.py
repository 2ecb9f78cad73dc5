"""One call that two meters saw is one call: the gateway's tokens, the application's scope."""

from datetime import datetime
from decimal import Decimal

import pytest

from centavo.consumption.cost_cells import CostQuestion
from centavo.consumption.costs import cost_report
from centavo.consumption.units import UnitQuestion, unit_economics
from centavo.errors import LedgerError
from centavo.ledger.ledger import Ledger
from centavo.ledger.overlap import Overlap, merge_meters
from tests.reconciliation.ledgers import event, reconciled, write

_AT = datetime(2026, 6, 10)  # noqa: DTZ001 -- naive UTC, as in the ledger


def gateway(number: int, tokens: int, **columns: object) -> dict[str, object]:
    default = {"source": "litellm", "meter": "gateway", "call_id": f"chatcmpl-{number}"}
    counted = {"input_uncached_tokens": tokens, "output_tokens": 0}
    return event(f"g{number}", _AT, **{**default, **counted, **columns})


def application(number: int, tokens: int, **columns: object) -> dict[str, object]:
    counted = {"input_uncached_tokens": tokens, "output_tokens": 0}
    return event(f"a{number}", _AT, **{"call_id": f"chatcmpl-{number}", **counted, **columns})


@pytest.fixture
def both(tmp_path) -> Ledger:
    """Two calls in both logs, one in each alone."""
    rows = [gateway(n, 1_000_000, application="proxy", team="core") for n in (1, 2, 3)]
    write(tmp_path, "usage_events", rows, source="litellm")
    rows = [application(n, 900_000, application="shop") for n in (2, 3, 4)]
    return Ledger.open(write(tmp_path, "usage_events", rows, source="requests"))


def test_a_call_seen_twice_is_in_every_total_once(both):
    report = cost_report(both, CostQuestion(by=("application",), basis="metered"))
    found = {row.key["application"]: (row.cost.amount, row.rows) for row in report.rows}
    # Gateway's price of three calls (2 USD each), and the application's of the one that only it saw.
    assert found == {"shop": (Decimal("5.8"), 3), "proxy": (Decimal(2), 1)}
    assert report.coverage.calls_seen_twice == 2


def test_the_gateway_wins_on_tokens_and_the_application_on_scope(both):
    assert merge_meters(both) == Overlap(2, {"USD": Decimal("3.6")})
    rows = both.rows(
        "SELECT source, input_uncached_tokens, cost, application, team, project "
        "FROM metered_events WHERE call_id = 'chatcmpl-2'"
    )
    # What only the gateway knows (the team) is not lost.
    assert rows == [("litellm", 1_000_000, 2, "shop", "core", "p")]


def test_units_count_a_call_once(both):
    report = unit_economics(both, UnitQuestion(by=("model",)))
    assert [row.counts["requests"] for row in report.rows] == [4]
    assert report.coverage.calls_seen_twice == 2


def test_reconciliation_counts_a_call_once(both):
    report = reconciled(both.location)
    assert report.totals[0].metered_cost == Decimal("7.8")
    assert report.blind.overlap.calls == 2


def test_a_meter_without_tokens_does_not_win(tmp_path):
    blind = gateway(1, 0, input_uncached_tokens=None, output_tokens=None)
    write(tmp_path, "usage_events", [blind], source="litellm")
    ledger = Ledger.open(write(tmp_path, "usage_events", [application(1, 5)], source="requests"))
    merge_meters(ledger)
    assert ledger.rows("SELECT input_uncached_tokens FROM metered_events") == [(5,)]


def test_calls_without_an_id_stay_apart(tmp_path):
    write(tmp_path, "usage_events", [gateway(1, 5, call_id=None)], source="litellm")
    ledger = Ledger.open(
        write(tmp_path, "usage_events", [application(1, 5, call_id=None)], source="requests")
    )
    assert merge_meters(ledger).calls == 0
    assert ledger.rows("SELECT count(*) FROM metered_events") == [(2,)]


def test_one_source_costs_nothing(tmp_path):
    ledger = Ledger.open(write(tmp_path, "usage_events", [application(1, 5)], source="requests"))
    assert merge_meters(ledger) == Overlap()
    assert ledger.rows(
        "SELECT count(*) FROM duckdb_tables() WHERE table_name = 'repeated_calls'"
    ) == [(0,)]


def test_tokens_that_centavo_counted_are_an_estimate(tmp_path):
    rows = [application(1, 1_000_000, tokens_basis="counted:o200k_base"), application(2, 1_000_000)]
    ledger = Ledger.open(write(tmp_path, "usage_events", rows, source="requests"))
    for basis in ("metered", "estimated"):
        assert cost_report(ledger, CostQuestion(basis=basis)).totals[0].amount == 2
    with pytest.raises(LedgerError):
        cost_report(ledger, CostQuestion(basis="billed"))

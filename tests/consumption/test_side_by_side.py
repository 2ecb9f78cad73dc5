"""Billed and metered side by side: one name for one thing, and no number for what is not known."""

from datetime import datetime
from decimal import Decimal

from tests.reconciliation.ledgers import charge, event, write

_DAY = datetime(2026, 6, 10)  # noqa: DTZ001 -- naive UTC, as in the ledger


def test_both_sides_of_a_key_and_their_difference(centavo, tmp_path):
    calls = [
        event("1", _DAY, input_uncached_tokens=1_000_000, output_tokens=0),
        event("2", _DAY, answered_model="gpt-4o", input_uncached_tokens=1_000_000, output_tokens=0),
    ]
    write(tmp_path, "usage_events", calls)
    rows = [
        charge(_DAY, Decimal("2.5"), x_ModelId="gpt-4.1-2025-04-14"),
        charge(_DAY, Decimal(7), x_ModelId="o3"),
    ]
    write(tmp_path, "charges", rows)
    ledger = ("--ledger", tmp_path / "ledger")
    found = centavo(*ledger, "costs", "--basis", "both", "--json")
    assert found.exit_code == 0, found.err
    usd = lambda text: {"amount": text, "currency": "USD"}  # noqa: E731
    rows = {row["key"]["model"]: row for row in found.json["rows"]}
    assert found.json["schema"] == "centavo.costs/1"
    assert rows["gpt-4.1"]["cost"] == usd("2.5")
    assert rows["gpt-4.1"]["metered"] == usd("2")
    assert rows["gpt-4.1"]["difference"] == usd("0.5")
    assert rows["gpt-4o"]["cost"] is rows["gpt-4o"]["difference"] is None
    assert rows["o3"]["metered"] is None
    assert found.json["totals"] == [usd("9.5")]
    assert found.json["metered_totals"] == [usd("4.5")]
    table = centavo(*ledger, "costs", "--basis", "both")
    assert "openai\tgpt-4.1\t2.5\t2\t0.5\t20.0 %" in table.out

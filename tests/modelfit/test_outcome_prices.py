"""Outcomes that state tokens and no cost are priced by the book, at the price of their day."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.ledger.outcomes_table import OUTCOMES
from centavo.modelfit.outcome_prices import price_outcomes
from centavo.modelfit.outcomes import count_models, save_outcomes
from centavo.modelfit.routing.labelled import load_pair

NOW = datetime(2026, 11, 30, tzinfo=UTC)
EMPTY = {column.name: None for column in OUTCOMES}


def row(item, model, **more):
    return {**EMPTY, "item_id": item, "model": model, "score": 1.0, **more}


def ledger_of(folder: Path, rows):
    location = LedgerLocation(folder)
    save_outcomes(location, rows, file=Path("g.csv"), now=NOW)
    return Ledger.open(location)


def costs(ledger):
    rows = ledger.rows("SELECT item_id, cost, cost_currency FROM priced_outcomes ORDER BY ALL")
    return {item: (cost, currency) for item, cost, currency in rows}


def test_tokens_are_priced_at_the_price_of_the_day_of_the_grade(tmp_path):
    tokens = {"input_tokens": 1_000_000, "output_tokens": 0}
    ledger = ledger_of(tmp_path, [
        row("old", "gpt-4o", graded_at=datetime(2024, 7, 1), **tokens),  # noqa: DTZ001 -- rows are naive UTC
        row("new", "gpt-4o", graded_at=datetime(2025, 7, 1), **tokens),  # noqa: DTZ001 -- rows are naive UTC
        row("undated", "gpt-4o", **tokens),
    ])  # fmt: skip
    found = price_outcomes(ledger, now=NOW)
    assert (found.priced, found.stated, found.without) == (3, 0, 0)
    assert costs(ledger) == {
        "old": (Decimal("5.000000000000"), "USD"),
        "new": (Decimal("2.500000000000"), "USD"),
        "undated": (Decimal("2.500000000000"), "USD"),
    }


def test_a_stated_cost_is_never_changed(tmp_path):
    stated = {"cost": Decimal("0.5"), "cost_currency": "BRL", "input_tokens": 7, "output_tokens": 1}
    ledger = ledger_of(tmp_path, [row("p", "gpt-4o", **stated)])
    assert price_outcomes(ledger, now=NOW).stated == 1
    assert costs(ledger)["p"] == (Decimal("0.500000000000"), "BRL")


def test_what_has_no_price_stays_unknown_and_is_counted_by_its_reason(tmp_path):
    ledger = ledger_of(tmp_path, [
        row("own", "our-own-model", input_tokens=5, output_tokens=5),
        row("half", "gpt-4o", input_tokens=5),
        row("none", "gpt-4o"),
    ])  # fmt: skip
    found = price_outcomes(ledger, now=NOW)
    assert (found.priced, found.without) == (0, 1)
    assert {model: count for (model, _), count in found.unpriced.items()} == {
        "our-own-model": 1,
        "gpt-4o": 1,
    }
    assert found.unpriced["gpt-4o", "incomplete_usage"] == 1
    assert all(cost is None for cost, _ in costs(ledger).values())


def test_pairs_and_models_see_the_prices_where_they_were_asked_for(tmp_path):
    tokens = {"input_tokens": 1000, "output_tokens": 100}
    rows = [row(f"p{n}", model, **tokens) for n in range(3) for model in ("gpt-4o", "gpt-4o-mini")]
    ledger = ledger_of(tmp_path, rows)
    assert load_pair(ledger, "gpt-4o", "gpt-4o-mini").keep_costs is None
    price_outcomes(ledger, now=NOW)
    pair = load_pair(ledger, "gpt-4o", "gpt-4o-mini")
    assert pair.currency == "USD"
    assert (pair.keep_costs > pair.candidate_costs).all()
    assert {each.with_cost for each in count_models(ledger)} == {3}

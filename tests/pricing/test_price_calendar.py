"""The calendar: each effect is the usage priced again, and the effects add up to the quarter."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from centavo.errors import BadValueError, InputError
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.pricing import PriceBook
from centavo.pricing.price_calendar import Quarter, announced_changes, price_calendar
from centavo.pricing.recent_usage import recent_window
from centavo.pricing.shutdowns import Shutdowns
from tests.pricing.house_prices import PRICES, request, write_log

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
ENDS = """
shutdowns:
  - providers: [openai]
    models: [house-model-2]
    date: 2026-04-15
    successor: house-model-1
    as_of: 2026-03-01
    source: our own plan
"""


@pytest.fixture
def ask(centavo, tmp_path):
    """Ingest requests to the house's models and return what the calendar says of them."""

    def calendar(*requests, ends=ENDS, until=None, prices=PRICES):
        (tmp_path / "prices.toml").write_text(prices, encoding="utf-8")
        (tmp_path / "centavo.toml").write_text('[prices]\nfile = "prices.toml"\n')
        (tmp_path / "ends.yaml").write_text(ends, encoding="utf-8")
        assert centavo("ingest", write_log(tmp_path / "log.jsonl", *requests)).exit_code == 0
        ledger = Ledger.open(LedgerLocation(tmp_path / ".centavo"))
        return price_calendar(
            ledger,
            PriceBook.load(tmp_path / "prices.toml"),
            Shutdowns.load(tmp_path / "ends.yaml"),
            window=recent_window(ledger, now=NOW),
            now=NOW,
            until=until,
        )

    return calendar


def test_a_change_of_price_is_weighed_with_the_days_that_it_holds(ask):
    found = ask(request(1), request(2), request(3))
    assert found.quarter == Quarter(date(2026, 4, 1), date(2026, 7, 1))
    # One day of 3 requests of 1,000 tokens at 1 and 100 at 2 USD a million; 91 days.
    assert found.quarter_at_today[0].amount == Decimal("0.0036") * 91
    (event,) = found.events
    assert (event.day, event.kind, event.model) == (date(2026, 5, 1), "price", "house-model-1")
    assert str(event.text) == "per million tokens: input from 1 to 3; output from 2 to 6"
    assert (event.before.amount, event.after.amount) == (Decimal("0.0036"), Decimal("0.0108"))
    assert event.quarter_effect.amount == Decimal("0.0072") * 61


def test_what_ends_goes_on_as_its_successor_and_effects_add_up(ask):
    found = ask(request(1, model="house-model-2"))
    kinds = [(event.day, event.kind, event.becomes) for event in found.events]
    assert kinds == [
        (date(2026, 4, 15), "shutdown", "house-model-1"),
        (date(2026, 5, 1), "price", "house-model-1"),
    ]
    # 14 days at 0.012, 16 at 0.0012 and 61 at 0.0036 USD a day.
    quarter = 14 * Decimal("0.012") + 16 * Decimal("0.0012") + 61 * Decimal("0.0036")
    effects = sum(event.quarter_effect.amount for event in found.events)
    assert found.quarter_at_today[0].amount + effects == quarter


def test_without_a_successor_the_effect_is_unknown(ask):
    ends = ENDS.replace("    successor: house-model-1\n", "")
    (event,) = ask(request(1, model="house-model-2"), ends=ends).events
    assert (event.after, event.quarter_effect) == (None, None)
    assert event.before.amount == Decimal("0.012")


def test_a_successor_without_a_price_is_unknown_too(ask):
    ends = ENDS.replace("house-model-1", "nobody-knows-this-model")
    (event,) = ask(request(1, model="house-model-2"), ends=ends).events
    assert (event.after, event.quarter_effect) == (None, None)


def test_a_promise_not_to_end_sooner_has_no_effect(ask):
    ends = ENDS.replace("    source:", "    certainty: not_before\n    source:")
    (event,) = ask(request(1, model="house-model-2"), ends=ends).events
    assert (event.kind, event.quarter_effect) == ("not_before", None)


def test_what_has_ended_already_is_told(ask):
    ends = ENDS.replace("2026-04-15", "2026-03-08")
    first, _ = ask(request(1, model="house-model-2"), ends=ends).events
    assert first.day == date(2026, 3, 8)
    assert first.quarter_effect.amount == (Decimal("0.0012") - Decimal("0.012")) * 91


def test_models_that_end_after_each_other_do_not_go_round_for_ever(ask):
    back = ENDS + ENDS.split("shutdowns:")[1].replace("house-model-2", "X").replace(
        "house-model-1", "house-model-2"
    ).replace("X", "house-model-1")
    found = ask(request(1, model="house-model-2"), ends=back)
    assert len(found.events) < 5


def test_nothing_after_the_horizon_is_looked_at(ask):
    assert ask(request(1), until=date(2026, 5, 1)).events == ()
    assert len(ask(request(1), until=date(2026, 5, 2)).events) == 1


def test_a_ledger_without_requests_has_no_window(centavo, tmp_path):
    from tests.cli.test_ingest import bill, row

    centavo("ingest", bill(tmp_path / "bill.csv", row()))
    ledger = Ledger.open(LedgerLocation(tmp_path / ".centavo"))
    assert recent_window(ledger, now=NOW) is None


def test_the_window_is_days_that_are_over(ask, tmp_path):
    ask(request(1), request(1, created=1772700000 + 4 * 86400), request(1, created=1773136000))
    ledger = Ledger.open(LedgerLocation(tmp_path / ".centavo"))
    window = recent_window(ledger, now=NOW)
    assert (window.first, window.end, window.days) == (date(2026, 3, 5), date(2026, 3, 10), 5)
    assert recent_window(ledger, now=NOW, days=2).first == date(2026, 3, 8)


def test_every_announced_change_can_be_listed(tmp_path):
    (tmp_path / "prices.toml").write_text(PRICES, encoding="utf-8")
    book = PriceBook.load(tmp_path / "prices.toml")
    found = announced_changes(book, Shutdowns.load(), now=NOW, until=date(2027, 1, 1))
    assert [it.day for it in found] == sorted(it.day for it in found)
    assert {"house-model-1"} <= {it.model for it in found if it.kind == "price"}


def test_the_shipped_shutdowns_have_successors_with_prices():
    known, book = Shutdowns.load(), PriceBook.load()
    assert known.entries
    for entry in known.entries:
        assert entry.source
        if entry.successor:
            assert book.show(entry.successor, provider=entry.providers[0])


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("    date: tomorrow\n", 4, "is not a date"),
        ("    date: 2026-01-01\n    successors: x\n", 5, "Did you mean successor"),
        ("    date: 2026-01-01\n    certainty: perhaps\n", 5, "is none of announced"),
        ("    date: 2026-01-01\n    date: 2026-01-02\n", 5, "stands twice"),
        ("    date: 2026-01-01\n", 3, "source is missing"),
    ],
)
def test_a_wrong_shutdown_names_its_line(tmp_path, text, line, message):
    path = tmp_path / "ends.yaml"
    path.write_text(f"as_of: 2026-01-01\nshutdowns:\n  - models: [m]\n{text}", encoding="utf-8")
    with pytest.raises(BadValueError) as caught:
        Shutdowns.load(path)
    assert caught.value.line == line
    assert message in f"{caught.value.message} {caught.value.hint}"


@pytest.mark.parametrize(("text", "message"), [("a: [", "line 1: not YAML"), ("- a", "mapping")])
def test_a_file_that_is_no_list_of_shutdowns_is_refused(tmp_path, text, message):
    path = tmp_path / "ends.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        Shutdowns.load(path)

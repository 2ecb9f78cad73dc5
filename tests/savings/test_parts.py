"""Levers on parts: tokens follow from parts, and cached beginnings are followed part by part."""

from decimal import Decimal

from centavo.period import Period
from centavo.savings import Change, Lever, Quality, Traffic, simulate
from centavo.savings.recording import Question
from centavo.savings.where import EVERYTHING
from tests.savings.traffic import BOOK, ledger_of, request

# Counted tokens: half of what the provider counts.
PARTS = [("system", 100), ("tools", 300), ("history", 50), ("user", 50)]


def parts_of(ledger, events: str) -> str:
    values = ", ".join(
        f"({place}, '{kind}', {tokens})" for place, (kind, tokens) in enumerate(PARTS)
    )
    ledger.engine.execute(
        f"""CREATE TEMP TABLE test_parts AS
        SELECT request_no, position::INTEGER AS position, kind, tokens::BIGINT AS tokens,
          kind AS content_hash
        FROM {events}, (VALUES {values}) AS t(position, kind, tokens)"""
    )
    return "test_parts"


def simulated(*events, keeps_beginning: bool = True, drop: str = "tools"):
    def apply(traffic: Traffic) -> Change:
        select = f"SELECT * FROM {traffic.parts} WHERE kind <> '{drop}'"
        return Change(parts=select, keeps_beginning=keeps_beginning)

    quality = Quality(is_lossless=True, change=None, basis="test")
    lever = Lever("drop", "drop", apply, EVERYTHING, quality, needs_parts=True)
    question = Question(Period())
    return simulate(ledger_of(*events), [lever], question, book=BOOK, parts=parts_of)


def test_input_shrinks_in_the_proportion_of_counted_tokens():
    found = simulated(request(1, output_tokens=0))
    # 300 of 500 counted tokens are tools: 600 of 1,000 at 5 dollars a million.
    assert found.saved("USD") == Decimal("0.003")


def test_of_a_cached_beginning_only_the_cached_price_is_saved():
    found = simulated(request(1, input_uncached_tokens=200, cache_read_tokens=800, output_tokens=0))
    # System and tools were read from the cache, at a tenth.
    assert found.saved("USD") == Decimal("0.0003")


def test_what_breaks_the_beginning_loses_the_cache():
    found = simulated(
        request(1, input_uncached_tokens=100, cache_read_tokens=900, output_tokens=0),
        keeps_beginning=False,
        drop="system",
    )
    # Before: 900 read at 0.5 and 100 at 5. After: 800 at 5, since nothing is common any more.
    assert found.saved("USD") == Decimal("0.00095") - Decimal("0.004")


def test_without_bodies_a_lever_on_parts_simulates_nothing_and_says_so():
    quality = Quality(is_lossless=True, change=None, basis="test")
    lever = Lever("x", "x", lambda _: Change(), EVERYTHING, quality, needs_parts=True)
    found = simulate(ledger_of(request(1)), [lever], Question(Period()), book=BOOK)
    assert found.saved("USD") == 0
    assert found.steps[0].not_simulated == {"the bodies of requests were not kept": 1}

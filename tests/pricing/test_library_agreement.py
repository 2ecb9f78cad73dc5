"""The price of a request, vectorised, is the library's own to the last digit."""

import gzip
import json
from collections import Counter
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from random import Random

import duckdb
import pytest
from genai_prices import Usage
from genai_prices.data_snapshot import get_snapshot

from centavo.ledger.schema import TOKEN_COLUMNS
from centavo.pricing import PriceBook
from centavo.pricing.catalogue import ListData
from tests.pricing.events import event, library_usage, load, token_columns
from tests.shared_data import shared_data

LIBRARY = get_snapshot()
LAST_DIGIT = Decimal("0.000000000001")
COUNTS = [column.name for column in TOKEN_COLUMNS]
INPUTS = COUNTS[:5]
MAKERS = {"anthropic", "deepseek", "google", "mistral", "openai"}
CONTEXTS = {
    "batch": {"processing": "batch"},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
    "fast": {"service_tier": "fast", "speed": "fast"},
}


@pytest.fixture(scope="module")
def book():
    # The list alone: the history says what the library does not know.
    return PriceBook.of(ListData.installed(), None, history=None)


@pytest.fixture
def connection():
    opened = duckdb.connect()
    opened.execute("SET TimeZone = 'UTC'")
    return opened


def priced(book, connection, events):
    """Return (cost, input_cost, output_cost) or the problem of each event, in one query."""
    statement = book.select(connection, load(connection, events))
    rows = connection.execute(
        "SELECT cost, input_cost, output_cost, price_problem, event_id "
        f"FROM ({statement}) ORDER BY event_id::INT"
    ).fetchall()
    assert [row[4] for row in rows] == [row["event_id"] for row in events]
    return [row[:3] if row[3] is None else row[3] for row in rows]


def library_price(provider, model, usage, at, context=None):
    """Return what the library answers: amounts rounded to the ledger's last digit, or an error."""
    found = LIBRARY.find_provider_model(model, None, provider, None)
    result = found[1].calc_price(
        Usage(**usage), found[0], genai_request_timestamp=at, price_context=context
    )
    amounts = (result.total_price, result.input_price, result.output_price)
    with localcontext(prec=60):
        return tuple(amount.quantize(LAST_DIGIT, ROUND_HALF_EVEN) for amount in amounts)


def library_answer(provider, model, usage, at):
    try:
        return library_price(provider, model, usage, at)
    except LookupError:
        return "unknown_model"
    except ValueError as error:
        return "incomplete_usage" if "Missing usage" in str(error) else "inconsistent_usage"


def test_recorded_usages_cost_what_the_library_says(book, connection):
    """1,577 usage blocks of real answers, each read by every provider that can read it.

    The figures recorded beside them were made by the library of their day. Where today's library
    still agrees with a recorded figure, the book must too.
    """
    path = shared_data("genai-prices-usages") / "usages.json.gz"
    at = datetime(2026, 8, 21)  # noqa: DTZ001 -- naive UTC; the day of the data's commit
    blocks = json.loads(gzip.decompress(path.read_bytes()))
    events, answers, recorded = [], [], []
    for block in blocks:
        model = block.get("model")
        for reading in block["extracted"]:
            for extractor in reading["extractors"]:
                provider, usage = extractor["provider_id"], reading["usage"]
                counts = token_columns(usage)
                identity = {"event_id": str(len(events)), "started_at": at, "provider": provider}
                events.append(event(answered_model=model, **identity, **counts))
                short = (model or "").removeprefix("models/").removeprefix(f"{provider}/")
                answer = library_answer(provider, model, usage, at) if model else "no_model"
                if answer == "unknown_model" and short != model:
                    answer = library_answer(provider, short, usage, at)
                answers.append(answer)
                prices = (extractor.get("input_price"), extractor.get("output_price"))
                recorded.append(None if None in prices else tuple(map(Decimal, prices)))

    outcomes = Counter()
    for request, ours, theirs, old in zip(
        events, priced(book, connection, events), answers, recorded, strict=True
    ):
        if ours == theirs:
            outcomes["priced" if isinstance(ours, tuple) else "unpriced by both"] += 1
        else:
            # The library answers zero where nothing is stated and where no unit has a price.
            assert ours in {"no_usage", "unit_without_price"}, (request, ours, theirs)
            assert theirs == (0, 0, 0), (request, ours, theirs)
            outcomes[ours] += 1
        if isinstance(ours, tuple) and old is not None and theirs[1:] == old:
            assert ours[1:] == old
    assert len(blocks) == 1577
    assert outcomes["priced"] > 3000, outcomes


def models(providers):
    """Return (provider, model) of all models, and of those whose prices have conditions."""
    every, conditional = [], []
    for provider in LIBRARY.providers:
        if providers and provider.id not in providers:
            continue
        for model in provider.models:
            every.append((provider.id, model.id))
            prices = model.get_prices(datetime(2026, 11, 1))  # noqa: DTZ001 -- naive UTC
            if model.price_variants or isinstance(model.prices, list) or len(vars(prices)) > 3:
                conditional.append((provider.id, model.id))
    return every, conditional


def some_count(chance):
    kind = chance.random()
    if kind < 0.4:
        return None if kind < 0.25 else 0
    return chance.randrange(30_000 if kind < 0.97 else 2_000_000)


def some_request(chance, number, names):
    """Return a request: consistent counts in one half, anything in the other."""
    provider, model = chance.choice(chance.choice(names))
    counts = {column: some_count(chance) if chance.random() < 0.4 else None for column in COUNTS}
    if chance.random() < 0.5:
        counts = dict.fromkeys(COUNTS)
        read, output = chance.randrange(200_000), chance.randrange(9_000)
        counts["input_uncached_tokens"] = chance.randrange(300_000)
        counts |= {"cache_read_tokens": read, "output_tokens": output}
        if chance.random() < 0.4:
            counts |= {
                "input_audio_tokens": read,
                "cache_read_audio_tokens": chance.randrange(read),
            }
            counts |= {"reasoning_tokens": chance.randrange(output)}
        if chance.random() < 0.3:
            counts |= {"cache_write_5m_tokens": some_count(chance), "web_searches": 2}
            counts |= {"cache_write_1h_tokens": some_count(chance)}
    second = chance.randrange(3 * 366 * 86_400)
    return event(
        event_id=str(number),
        provider=provider,
        answered_model=model,
        processing_tier=chance.choice([None, "standard", "standard", *CONTEXTS]),
        started_at=datetime(2024, 1, 1) + timedelta(seconds=second),  # noqa: DTZ001 -- naive UTC
        **counts,
    )


def expected(request):
    """Return what the library says of a request, with what it does not say made explicit."""
    name, tier = request["answered_model"], request["processing_tier"]
    try:
        provider, model = LIBRARY.find_provider_model(name, None, request["provider"], None)
    except LookupError:  # some models are not found by their own identifier
        return "unknown_model"
    counts = {column: request[column] for column in COUNTS}
    main = (*INPUTS, "output_tokens", "web_searches")
    gap = CONTEXTS.get(tier) and gap_of_tier(provider, model, tier, request["started_at"])
    if gap:
        return gap
    if all(counts[column] is None for column in main):
        return "incomplete_usage" if any(counts.values()) else "no_usage"
    return amounts_or_problem(provider, model, request, counts)


def gap_of_tier(provider, model, tier, at):
    """Return the problem where the library would answer with the standard price instead."""
    variants = [
        variant
        for variant in (model.price_variants or [])
        if model in provider.models
        and all(CONTEXTS[tier].get(key) == value for key, value in variant.when.items())
    ]
    if any(it.constraint is None or it.constraint.active(at) for it in variants):
        return None
    return "no_price_at_date" if variants else "no_price_for_tier"


def amounts_or_problem(provider, model, request, counts):
    at, context = request["started_at"], CONTEXTS.get(request["processing_tier"])
    name = request["answered_model"]
    try:
        amounts = library_price(provider.id, name, library_usage(counts), at, context)
    except ValueError:
        return "incomplete_usage"  # or inconsistent_usage: the library stops at the first
    prices = model.get_prices(at, context)
    unpriced = [counts["web_searches"] and prices.web_searches_kcount is None]
    if vars(prices) or not model.id.endswith(":free"):
        unpriced.append(prices.input_mtok is None and any(counts[column] for column in INPUTS))
        unpriced.append(prices.output_mtok is None and counts["output_tokens"])
    return "unit_without_price" if any(unpriced) else amounts


@pytest.mark.parametrize(
    ("seed", "providers"),
    [(0, None), (1, None), (2, MAKERS), (3, MAKERS)],
    ids=["every provider", "every provider again", "makers", "makers again"],
)
def test_any_request_costs_what_the_library_says(book, connection, seed, providers):
    """Random usages of random models at random times in random tiers, priced in one query.

    Among every provider's prices some are finer than the ledger's last digit, so that sums are
    128 bits wide; among those of the makers there are none.
    """
    chance, names = Random(seed), models(providers)
    events = [some_request(chance, number, names) for number in range(1500)]
    outcomes = Counter()
    for request, ours in zip(events, priced(book, connection, events), strict=True):
        theirs = expected(request)
        free = request["answered_model"].endswith(":free")
        either = {"incomplete_usage", "inconsistent_usage"}
        if {ours, theirs} <= either or (free and ours in either):
            continue  # a free model: the book checks its counts, the library has nothing to check
        assert ours == theirs, request
        outcomes["priced" if isinstance(ours, tuple) else ours] += 1
    assert outcomes["priced"] > 200, outcomes
    assert outcomes.keys() >= {"no_price_for_tier", "no_price_at_date", "unit_without_price"}

"""The cache simulator: real traces to their published figures, properties, and terms."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centavo.errors import BadValueError, InputError
from centavo.prompts.cache import (
    CachePrices,
    CacheRequest,
    CacheUse,
    Lifetime,
    choose_policy,
    everything,
    load_terms,
    nothing,
    oracle,
    read_block_trace,
    replay,
    terms_of,
)
from centavo.prompts.cache.choice import run_policy
from centavo.prompts.cache.terms import parse_terms
from tests.prompts.conversations import conversations
from tests.shared_data import shared_data

FIVE_MINUTES, HOUR, FOREVER = Lifetime(300), Lifetime(3600), Lifetime(10**9)
# Prices of the figures that are to be reproduced: 3 / 15 with 1.25x and 0.1x, and 2.5 / 10 at half.
ANTHROPIC = CachePrices(Decimal(3), Decimal("0.30"), Decimal("3.75"), Decimal(15))
ONE_HOUR = CachePrices(Decimal(3), Decimal("0.30"), Decimal(6), Decimal(15))
OPENAI = CachePrices(Decimal("2.5"), Decimal("1.25"), Decimal("2.5"), Decimal(10))


def truth(name):
    return json.loads((shared_data(name).parent / "GROUND_TRUTH.json").read_text())[name]


@pytest.fixture(scope="module")
def mooncake():
    folder = shared_data("mooncake-traces")
    return read_block_trace(folder / "synthetic_trace.jsonl.gz")


def test_mooncake_figures(mooncake):
    expected = truth("mooncake-traces")
    assert sum(r.input_tokens for r in mooncake) == expected["tokens_in"]
    for lifetime, prices, money, share in (
        (FOREVER, ANTHROPIC, "usd_with_cache_read_0_30_write_3_75_infinite", "saving_infinite"),
        (FIVE_MINUTES, ANTHROPIC, "usd_ttl5", "saving_ttl5"),
        (FIVE_MINUTES, OPENAI, None, "saving_5min_no_write_premium_half_price_read"),
    ):
        found = run_policy("all", mooncake, lifetime, prices, policy=everything)
        assert float(found.share) == pytest.approx(expected[share], rel=1e-12)
        if money:
            assert found.cost == Decimal(str(round(expected[money], 10)))
        if prices is ANTHROPIC:
            assert found.cost_without == Decimal(str(expected["usd_3_15"]))
    hits = sum(use.read for use in replay(mooncake, FIVE_MINUTES, everything))
    assert hits / expected["tokens_in"] == pytest.approx(
        expected["ttl_5min_token_share"], rel=1e-12
    )


@pytest.mark.parametrize("prices", [ANTHROPIC, OPENAI], ids=["anthropic", "openai"])
def test_mooncake_chooser_keeps_most_of_what_the_oracle_saves(mooncake, prices):
    best, tried = choose_policy(mooncake, FIVE_MINUTES, prices)
    assert best.saving >= Decimal("0.6") * tried["oracle"].saving
    assert tried["learning"].saving >= Decimal("0.6") * tried["oracle"].saving


@pytest.mark.parametrize("seed", [1, 2])
def test_learning_saves_where_caching_everything_hardly_does(seed):
    requests = conversations(seed, sessions=3000, single=0.8, think_s=150)
    _, tried = choose_policy(requests, FIVE_MINUTES, ANTHROPIC)
    assert tried["learning"].saving > tried["everything"].saving
    assert tried["learning"].saving >= Decimal("0.6") * tried["oracle"].saving


@pytest.mark.parametrize("single", [0.0, 0.6, 1.0])
def test_no_choice_costs_more_than_no_cache(single):
    requests = conversations(3, sessions=200, single=single)
    for lifetime, prices in ((FIVE_MINUTES, ANTHROPIC), (HOUR, ONE_HOUR), (FIVE_MINUTES, OPENAI)):
        best, tried = choose_policy(requests, lifetime, prices)
        assert best.saving >= 0
        assert best.saving <= tried["oracle"].saving or lifetime is HOUR
        assert tried["none"].saving == 0


requests = st.lists(
    st.tuples(st.integers(0, 400), st.integers(0, 4), st.integers(0, 3)), max_size=30
).map(
    lambda told: [
        # The ids of a block name its beginning, as a trace's do.
        CacheRequest(float(at), tuple(hash((family, n)) for n in range(size)), (100,) * size)
        for at, size, family in sorted(told)
    ]
)


@given(requests)
@settings(max_examples=40)
def test_tokens_are_conserved_and_the_oracle_is_a_bound(made):
    for policy in (nothing, everything):
        for request, use in zip(made, replay(made, FIVE_MINUTES, policy), strict=True):
            assert use.read + use.written + use.uncached == request.input_tokens
    best, tried = choose_policy(made, FIVE_MINUTES, ANTHROPIC)
    assert best.cost <= tried["none"].cost
    assert tried["oracle"].cost <= best.cost


def test_a_read_restarts_the_lifetime_only_where_the_terms_say_so():
    made = [CacheRequest(at, (1,), (1000,)) for at in (0.0, 200.0, 400.0)]
    reads = [use.read for use in replay(made, FIVE_MINUTES, everything)]
    assert reads == [0, 1000, 1000]
    fixed = Lifetime(300, is_refreshed=False)
    assert [use.read for use in replay(made, fixed, everything)] == [0, 1000, 0]


def test_short_beginnings_are_not_cached_and_blocks_are_whole():
    terms = terms_of("openai", "gpt-4o-2024-08-06", date(2026, 11, 1))[0]
    lifetime = Lifetime(300, minimum_tokens=terms.minimum_tokens, block_tokens=terms.block_tokens)
    short = [CacheRequest(at, (1,), (1000,)) for at in (0.0, 1.0)]
    assert [use.read for use in replay(short, lifetime, everything)] == [0, 0]
    long = [CacheRequest(at, (1, 2), (1100, 100)) for at in (0.0, 1.0)]
    assert [use.read for use in replay(long, lifetime, everything)] == [0, 1152]


def test_storage_is_charged_by_the_hour():
    kept = CacheUse(written=1_000_000, kept_token_s=1_000_000 * 1800)
    prices = CachePrices(Decimal(1), Decimal("0.1"), Decimal(1), kept_hour=Decimal("4.50"))
    assert prices.cost(kept) == Decimal("3.25")


def test_an_oracle_knows_the_future_and_nothing_else():
    made = [CacheRequest(0.0, (1, 2), (100, 100)), CacheRequest(9.0, (1, 3), (100, 100))]
    uses = list(replay(made, FIVE_MINUTES, oracle(made, FIVE_MINUTES)))
    assert [(use.read, use.written) for use in uses] == [(0, 100), (100, 0)]


def test_every_entry_of_the_terms_has_a_source_and_the_specific_come_first():
    assert all(each.source.startswith("https://") for each in load_terms())
    day = date(2026, 11, 1)
    assert terms_of("anthropic", "claude-opus-4-6", day)[0].minimum_tokens == 4096
    assert terms_of("anthropic", "claude-sonnet-4-5", day)[0].minimum_tokens == 1024
    assert [each.written for each in terms_of("google", "gemini-2.5-pro", day)] == [
        "automatic", "stored",
    ]  # fmt: skip
    assert terms_of("openai", "gpt-5.6-terra", day)[0].write == "other"
    assert terms_of("openai", "gpt-5.4", day)[0].write == "free"
    assert terms_of("mistral", "mistral-large", day) == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("minimum_tokens: many", "minimum_tokens"),
        ("written: perhaps", "written"),
        ("colour: red", "colour"),
    ],
)
def test_a_wrong_entry_names_its_line(change, named):
    text = (
        "terms:\n- {id: a, provider: p, models: ['*'], minimum_tokens: 1, block_tokens: 1, "
        "lifetimes_s: [1], refreshed: true, written: marked, write: 5m, stacks_with_batch: true, "
        "source: s, checked: 2026-11-01}\n"
    )
    key = change.partition(":")[0]
    fields = text.strip("\n").split(", ")
    wrong = (
        text.replace("source: s", f"source: s, {change}")
        if key == "colour"
        else ", ".join(change if part.startswith(key) else part for part in fields)
    )
    with pytest.raises(BadValueError, match=named):
        parse_terms(wrong.encode(), file="terms.yaml")


def test_terms_of_a_day():
    text = (
        "terms:\n- {id: a, provider: p, models: ['*'], until: 2026-02-01, minimum_tokens: 1, "
        "block_tokens: 1, lifetimes_s: [1], refreshed: true, written: marked, write: 5m, "
        "stacks_with_batch: true, source: s, checked: 2026-11-01}\n"
    )
    terms = parse_terms(text.encode(), file="terms.yaml")
    assert len(terms_of("p", "m", date(2026, 1, 31), terms)) == 1
    assert terms_of("p", "m", date(2026, 2, 1), terms) == []


@pytest.mark.parametrize(
    "line",
    ["{", '{"timestamp": 0}', '{"timestamp":0,"input_length":9,"output_length":1,"hash_ids":[]}'],
)
def test_a_line_that_is_no_request_is_named(tmp_path, line):
    path = tmp_path / "trace.jsonl"
    path.write_text(line + "\n")
    with pytest.raises(BadValueError, match="line 1"):
        read_block_trace(path)


def test_an_empty_trace_is_named(tmp_path):
    (tmp_path / "trace.jsonl").write_text("")
    with pytest.raises(InputError, match="holds no request"):
        read_block_trace(tmp_path / "trace.jsonl")

"""Disputes: the cause that the book or the ratio shows, and amounts that add up."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centavo.ledger.schema import TOKEN_COLUMNS
from centavo.pricing import PriceBook
from centavo.pricing.disputes import compare_with, price_thresholds
from centavo.pricing.price_rows import EventKey
from centavo.pricing.recent_usage import NamedUsage
from centavo.pricing.second_opinion import SecondOpinion
from tests.pricing.house_prices import write_map

NOW = datetime(2026, 3, 10, tzinfo=UTC)
FILE = """
[[price]]
provider = "openai"
model = "house"
input_mtok = {input}
output_mtok = 8
cache_read_mtok = 0.5
valid_to = 2026-03-01

[[price]]
provider = "openai"
model = "house"
input_mtok = {{ base = 4, above = [{{ input_tokens = 200000, price = 7 }}] }}
output_mtok = 9
cache_read_mtok = 0.5
valid_from = 2026-03-01

[[price]]
provider = "openai"
model = "house"
input_mtok = 13
output_mtok = 9
cache_read_mtok = 0.5
valid_from = 2026-07-01

[[price]]
provider = "openai"
model = "house"
tier = "batch"
input_mtok = 1.9
output_mtok = 4.5
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("prices") / "prices.toml"
    path.write_text(FILE.format(input=3), encoding="utf-8")
    return PriceBook.load(path)


def usage(*, model="house", tier=None, input_tokens=0, requests=10, **counts):
    named = dict.fromkeys((column.name for column in TOKEN_COLUMNS), 0) | counts
    return NamedUsage(EventKey("openai", model, None, tier), input_tokens, requests, named)


def disputes(tmp_path, book, used, **fields):
    opinion = SecondOpinion.read(write_map(tmp_path / "map.json", house=fields))
    return compare_with(book, opinion, used, now=NOW)


AGREEING = {
    "input_cost_per_token": "4e-06",
    "input_cost_per_token_above_200k_tokens": "7e-06",
    "output_cost_per_token": "9e-06",
    "cache_read_input_token_cost": "5e-07",
}


def test_equal_prices_are_no_dispute(tmp_path, book):
    found = disputes(tmp_path, book, [usage()], **AGREEING)
    assert (found.disputes, found.models, found.agreed) == ((), 1, 1)


@pytest.mark.parametrize(
    ("theirs", "cause", "detail"),
    [
        ("9.9e-06", "regional_premium", "dearer there"),
        ("8e-06", "older_price", "held until 2026-03-01"),
        ("4.5e-06", "batch_price", ""),
        ("1.8e-05", "factor_two", ""),
        ("9e-03", "unit", ""),
        ("9.05e-06", "rounding", ""),
        ("0", "zero_price", ""),
        ("2.3e-06", "unknown", ""),
    ],
)
def test_each_cause_has_its_sign(tmp_path, book, theirs, cause, detail):
    fields = AGREEING | {"output_cost_per_token": theirs}
    (found,) = disputes(tmp_path, book, [usage()], **fields).disputes
    assert (found.unit, found.cause, found.detail) == ("output_mtok", cause, detail)


def test_an_announced_price_is_told_from_a_wrong_one(tmp_path, book):
    fields = AGREEING | {"input_cost_per_token": "1.3e-05"}
    found = disputes(tmp_path, book, [usage()], **fields).disputes
    assert [(it.over_input_tokens, it.cause) for it in found] == [(0, "announced_price")]


def test_a_price_for_longer_input_only_is_a_dispute_of_its_own(tmp_path, book):
    fields = {key: it for key, it in AGREEING.items() if "above" not in key}
    (found,) = disputes(
        tmp_path,
        book,
        [
            usage(input_uncached_tokens=1_000_000),
            usage(input_tokens=200_001, input_uncached_tokens=3_000_000),
        ],
        **fields,
    ).disputes
    assert (found.over_input_tokens, found.cause) == (200_000, "long_context_price")
    assert found.at_stake.amount == Decimal(-9)


def test_a_missing_cache_price_costs_what_other_input_costs(tmp_path, book):
    fields = {key: it for key, it in AGREEING.items() if "cache" not in key}
    found = disputes(tmp_path, book, [usage(cache_read_tokens=1_000_000)], **fields).disputes
    assert {it.cause for it in found} == {"missing_cache_price"}
    assert found[0].theirs is None
    # 4 instead of 0.5 USD for the million tokens.
    assert sum(it.at_stake.amount for it in found) == Decimal("3.5")


def test_a_discount_of_your_own_is_no_mistake_of_the_list(tmp_path):
    path = tmp_path / "prices.toml"
    path.write_text('[[discount]]\nprovider = "openai"\nfactor = 0.8\n', encoding="utf-8")
    fields = {
        "input_cost_per_token": "2.5e-06",
        "output_cost_per_token": "1e-05",
        "cache_read_input_token_cost": "1.25e-06",
    }
    opinion = SecondOpinion.read(write_map(tmp_path / "map.json", **{"gpt-4o": fields}))
    used = [usage(model="gpt-4o", output_tokens=1_000_000)]
    found = compare_with(PriceBook.load(path), opinion, used, now=NOW).disputes
    assert {it.cause for it in found} == {"own_price"}
    assert found[0].at_stake.amount == 2


def test_two_currencies_are_not_compared(tmp_path):
    path = tmp_path / "prices.toml"
    path.write_text(
        'currency = "BRL"\n[[price]]\nprovider = "openai"\nmodel = "house"\n'
        "input_mtok = 20\noutput_mtok = 50\n",
        encoding="utf-8",
    )
    opinion = SecondOpinion.read(write_map(tmp_path / "map.json", house=AGREEING))
    found = compare_with(PriceBook.load(path), opinion, [usage()], now=NOW).disputes
    assert {(it.cause, it.difference, it.at_stake) for it in found} == {("currency", None, None)}


def test_a_model_that_the_book_does_not_price_shows_what_it_would_cost(tmp_path):
    opinion = SecondOpinion.read(write_map(tmp_path / "map.json", house=AGREEING))
    used = [usage(input_uncached_tokens=1_000_000, output_tokens=1_000_000)]
    found = compare_with(PriceBook.load(), opinion, used, now=NOW).disputes
    assert {it.ours for it in found} == {None}
    assert sum(it.at_stake.amount for it in found) == 13


def test_a_model_that_the_second_opinion_lacks_is_counted(tmp_path, book):
    found = disputes(tmp_path, book, [usage(model="other"), usage(tier="batch")], **AGREEING)
    assert found.not_there == (("openai", "other", "standard"), ("openai", "house", "batch"))


def test_the_whole_list_can_be_compared(tmp_path, book):
    opinion = SecondOpinion.read(write_map(tmp_path / "map.json", house=AGREEING))
    found = compare_with(book, opinion, None, now=NOW)
    assert found.models == 1
    assert len(found.not_there) > 1000
    assert 200_000 in price_thresholds(book, opinion)


COUNTS = st.integers(0, 10**9)
PRICES = st.decimals(0, 100, places=4)


@settings(max_examples=50)
@given(
    counts=st.fixed_dictionaries(
        {
            "input_uncached_tokens": COUNTS,
            "cache_read_tokens": COUNTS,
            "cache_write_tokens": COUNTS,
            "output_tokens": COUNTS,
        }
    ),
    theirs=st.fixed_dictionaries(
        {"input_cost_per_token": PRICES, "output_cost_per_token": PRICES},
        optional={
            "cache_read_input_token_cost": PRICES,
            "cache_creation_input_token_cost": PRICES,
        },
    ),
)
def test_amounts_at_stake_add_up_to_the_whole_difference(book, tmp_path_factory, counts, theirs):
    fields = {key: f"{price}e-6" for key, price in theirs.items()}
    path = write_map(tmp_path_factory.mktemp("map") / "map.json", house=fields)
    found = compare_with(book, SecondOpinion.read(path), [usage(**counts)], now=NOW).disputes
    price = theirs["input_cost_per_token"]
    read = theirs.get("cache_read_input_token_cost", price)
    write = theirs.get("cache_creation_input_token_cost", price)
    at_theirs = (
        counts["input_uncached_tokens"] * price
        + counts["cache_read_tokens"] * read
        + counts["cache_write_tokens"] * write
        + counts["output_tokens"] * theirs["output_cost_per_token"]
    )
    at_ours = (
        4 * (counts["input_uncached_tokens"] + counts["cache_write_tokens"])
        + Decimal("0.5") * counts["cache_read_tokens"]
        + 9 * counts["output_tokens"]
    )
    at_stake = sum((it.at_stake.amount for it in found), Decimal(0))
    assert at_stake == (at_theirs - at_ours) / 1_000_000

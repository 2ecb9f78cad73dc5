"""The book: quotes, names and the snapshot that says which prices these are."""

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from centavo.errors import PriceError
from centavo.pricing import PROBLEMS, PriceBook


@pytest.fixture(scope="module")
def book():
    return PriceBook.load()


def with_file(tmp_path, text, name="prices.toml"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return PriceBook.load(path)


def test_a_quote_says_what_when_and_from_where(book):
    quotes = {
        (quote.unit, quote.variant): quote
        for quote in book.show("gpt-4o", datetime(2026, 11, 1, tzinfo=UTC))
    }
    standard, batch = quotes["input_mtok", "standard"], quotes["input_mtok", "batch"]
    assert (standard.price, standard.currency, standard.per) == (Decimal("2.5"), "USD", 1_000_000)
    assert (standard.provider, standard.model) == ("openai", "gpt-4o")
    assert (standard.valid_from, standard.valid_to) == (datetime(2024, 10, 2), None)  # noqa: DTZ001 -- naive UTC
    assert batch.price == Decimal("1.25")
    assert batch.valid_from == datetime(2026, 10, 14)  # noqa: DTZ001 -- naive UTC
    assert standard.source.startswith("genai-prices ")


def test_input_tiers_are_quotes_of_their_own(book):
    tiers = {
        quote.tier_from_input_tokens: quote.price
        for quote in book.show("gemini-2.5-pro", provider="google")
        if (quote.unit, quote.variant) == ("input_mtok", "standard")
    }
    assert tiers == {0: Decimal("1.25"), 200_001: Decimal("2.5")}


def test_hours_of_the_day_are_shown(book):
    quotes = book.show("deepseek-flash", provider="deepseek")
    hours = {(quote.daily_from, quote.daily_to) for quote in quotes}
    assert len(hours) == 5


def test_a_model_of_the_users_file_alone_is_shown(tmp_path):
    book = with_file(
        tmp_path, '[[price]]\nprovider = "ours"\nmodel = "llama-tuned"\ninput_mtok = 1'
    )
    (quote,) = book.show("llama-tuned")
    assert (quote.provider, quote.price, quote.source) == ("ours", 1, "prices.toml")


def test_an_unknown_model_names_its_neighbours(book):
    with pytest.raises(PriceError, match="no price of 'gpt-4oo'") as caught:
        book.show("gpt-4oo", provider="openai")
    assert "gpt-4o" in caught.value.hint


def test_models_are_sorted_pairs(book):
    names = book.models()
    assert names == sorted(set(names))
    assert ("openai", "gpt-4o") in names


def test_a_snapshot_is_its_content(book, tmp_path):
    text = '[[price]]\nmodel = "m"\ninput_mtok = 1'
    first = with_file(tmp_path, text).snapshot_id
    assert PriceBook.load().snapshot_id == book.snapshot_id != first
    assert with_file(tmp_path, text).snapshot_id == first
    assert with_file(tmp_path, text + "0").snapshot_id != first
    assert len(first) == 12


def test_nothing_heavy_is_imported_before_a_book_is_loaded():
    code = (
        "import sys, centavo.pricing\n"
        "sys.exit(not {'genai_prices', 'pydantic', 'duckdb', 'pyarrow'}.isdisjoint(sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_docs_explain_every_reason():
    page = (Path(__file__).parents[2] / "docs" / "prices.md").read_text(encoding="utf-8")
    for problem in PROBLEMS:
        assert f"`{problem}`" in page, problem

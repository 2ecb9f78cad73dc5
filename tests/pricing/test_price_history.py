"""List prices of earlier days: right on their days, replaced by the user's own, kept with the book."""

import json
import re
from datetime import UTC, datetime
from importlib.resources import files

import pytest

from centavo.errors import BadValueError
from centavo.pricing import KeptBooks, PriceBook
from centavo.pricing.price_history import PriceHistory
from centavo.pricing.price_rows import EventKey
from centavo.pricing.yaml_entries import read_yaml

KEYS = ("input_mtok", "output_mtok")
ENTRY = "as_of: 2026-11-30\nprices:\n  - provider: openai\n    model: gpt-4o\n"


def price(book, name, day, *, asked=None, tier="standard"):
    at = datetime.fromisoformat(day)
    slices = book.priced(EventKey("openai", asked or name, name, tier)).slices
    found = [piece.price_set for piece in slices if piece.holds(at)]
    return [(str(s.prices["input_mtok"].base), str(s.prices["output_mtok"].base)) for s in found]


@pytest.mark.parametrize(
    ("name", "day", "expected"),
    [
        ("gpt-4o", "2024-05-13", ("5", "15")),
        ("openai/gpt-4o", "2024-10-01T23:59:59", ("5", "15")),
        ("gpt-4o", "2024-10-02", ("2.5", "10")),
        # The snapshot never cost what its name's predecessor did.
        ("gpt-4o-2024-08-06", "2024-08-10", ("2.5", "10")),
        ("gpt-4o-2024-05-13", "2025-01-01", ("5", "15")),
        ("gpt-3.5-turbo", "2024-02-15", ("1.5", "2")),
        ("gpt-3.5-turbo", "2024-02-16", ("0.5", "1.5")),
    ],
)
def test_a_name_costs_what_it_cost_on_its_day(name, day, expected):
    assert price(PriceBook.load(), name, day) == [expected]


def test_the_answering_model_decides_not_the_asked_name():
    assert price(PriceBook.load(), "gpt-4o-2024-08-06", "2024-08-10", asked="gpt-4o") == [
        ("2.5", "10")
    ]


def test_the_quote_says_where_an_earlier_price_comes_from():
    quotes = PriceBook.load().show("gpt-4o", datetime(2024, 6, 1, tzinfo=UTC), "openai")
    assert {quote.source.partition(" (")[0] for quote in quotes} == {"price history"}


def test_the_users_file_wins(tmp_path):
    own = tmp_path / "prices.toml"
    own.write_text(
        'currency = "USD"\n[[price]]\nprovider = "openai"\nmodel = "gpt-4o"\n'
        'input_mtok = "4"\noutput_mtok = "12"\n'
    )
    assert price(PriceBook.load(own), "gpt-4o", "2024-06-01") == [("4", "12")]


def test_a_kept_book_keeps_its_history_and_one_without_has_none(tmp_path):
    book, kept = PriceBook.load(), KeptBooks(tmp_path)
    kept.keep(book)
    again = kept.open(book.snapshot_id)
    assert price(again, "gpt-4o", "2024-06-01") == [("5", "15")]
    before = PriceBook.of(book.data, None, history=None)
    assert before.snapshot_id != book.snapshot_id
    kept.keep(before)
    assert price(kept.open(before.snapshot_id), "gpt-4o", "2024-06-01") == [("2.5", "10")]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("    valid_from: 2024-05-13\n    valid_to: 2024-05-13\n    input_mtok: 5\n", "valid_to"),
        (
            "    valid_from: 2024-05-13\n    valid_to: 2024-06-13\n    inputs_mtok: 5\n",
            "inputs_mtok",
        ),
        ("    valid_from: 2024-05-13\n    valid_to: 2024-06-13\n", "input_mtok"),
        ("    valid_from: 13 May\n    valid_to: 2024-06-13\n    input_mtok: 5\n", "valid_from"),
    ],
)
def test_what_is_wrong_names_file_line_and_key(lines, message):
    content = f"{ENTRY}{lines}    source: https://example.com\n".encode()
    with pytest.raises(BadValueError, match=rf"price_history\.yaml, line \d+.*{message}"):
        PriceHistory.of(content, KEYS)


def test_the_shipped_entries_fit_the_editor_schema():
    data = files("centavo.pricing").joinpath("data")
    entry = json.loads(data.joinpath("price_history.schema.json").read_text())
    entry = entry["properties"]["prices"]["items"]
    top = read_yaml(data.joinpath("price_history.yaml").read_bytes(), file="price_history.yaml")
    for stated in top.entries("prices"):
        assert set(entry["required"]) <= stated.values.keys()
        priced = stated.values.keys() - entry["properties"].keys()
        assert priced
        assert all(re.fullmatch(*entry["patternProperties"], key) for key in priced)

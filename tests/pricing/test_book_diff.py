"""Differences: between days of one book, between two books, and between a book and itself."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from centavo.pricing import PriceBook
from centavo.pricing.book_diff import BookAt, compare_books
from tests.pricing.house_prices import PRICES

MARCH, MAY = datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
HOUSE = {("openai", "house-model-1", "standard"), ("openai", "house-model-2", "standard")}


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("prices") / "prices.toml"
    path.write_text(PRICES, encoding="utf-8")
    return PriceBook.load(path)


def test_a_book_does_not_differ_from_itself(book):
    assert compare_books(BookAt(book, MARCH), BookAt(book, MARCH)) == []


def test_two_days_of_one_book_differ_where_prices_change(book):
    found = compare_books(BookAt(book, MARCH), BookAt(book, MAY), only=HOUSE)
    assert [(it.model, it.unit, it.kind, it.before, it.after) for it in found] == [
        ("house-model-1", "input_mtok", "changed", 1, 3),
        ("house-model-1", "output_mtok", "changed", 2, 6),
    ]
    assert found[0].difference == 2


def test_what_one_book_lacks_is_added_or_removed(book):
    plain = PriceBook.load()
    added = compare_books(BookAt(plain, MARCH), BookAt(book, MARCH))
    assert {(it.kind, it.model) for it in added} == {
        ("added", "house-model-1"),
        ("added", "house-model-2"),
    }
    removed = compare_books(BookAt(book, MARCH), BookAt(plain, MARCH))
    assert {it.kind for it in removed} == {"removed"}
    assert len(removed) == len(added) == 4


def test_another_currency_is_a_change_without_a_ratio(book, tmp_path):
    path = tmp_path / "prices.toml"
    path.write_text('currency = "BRL"\n' + PRICES, encoding="utf-8")
    found = compare_books(BookAt(book, MARCH), BookAt(PriceBook.load(path), MARCH), only=HOUSE)
    assert {(it.before_currency, it.after_currency, it.difference) for it in found} == {
        ("USD", "BRL", None)
    }


def test_hours_of_the_day_are_told_apart(book):
    later = datetime(2026, 11, 1, tzinfo=UTC)
    found = compare_books(BookAt(book, datetime(2024, 1, 1, tzinfo=UTC)), BookAt(book, later))
    hours = {it.hours for it in found if it.provider == "deepseek"}
    assert any("-" in text for text in hours)
    assert all(isinstance(it.per, int) for it in found)
    assert all(it.before is None or isinstance(it.before, Decimal) for it in found)

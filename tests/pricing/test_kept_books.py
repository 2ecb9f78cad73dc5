"""Kept price books: the same prices come back, and what cannot be used says why."""

import gzip
import json

import pytest

from centavo.errors import PriceError
from centavo.pricing import KeptBooks, PriceBook
from tests.pricing.house_prices import PRICES


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    path = tmp_path_factory.mktemp("prices") / "prices.toml"
    path.write_text(PRICES, encoding="utf-8")
    return PriceBook.load(path)


@pytest.fixture
def kept(tmp_path, book):
    found = KeptBooks.beside(tmp_path)
    found.keep(book)
    return found


def test_a_kept_book_has_every_price_of_the_book(kept, book):
    again = kept.open(book.snapshot_id)
    assert again.snapshot_id == book.snapshot_id
    assert list(again.everything()) == list(book.everything())


def test_a_book_is_kept_once_and_is_small(kept, book):
    (path,) = kept.folder.iterdir()
    before = path.stat().st_mtime_ns
    kept.keep(book)
    assert path.stat().st_mtime_ns == before
    assert path.stat().st_size < 300_000


def test_kept_books_are_listed(kept, book):
    (found,) = kept.known()
    assert (found.snapshot_id, found.file_name) == (book.snapshot_id, "prices.toml")
    assert found.source.startswith("genai-prices ")


def test_a_book_that_is_not_kept_names_those_that_are(kept, book):
    with pytest.raises(PriceError, match="0123456789ab is not kept") as caught:
        kept.open("0123456789ab")
    assert book.snapshot_id in caught.value.hint


def test_a_damaged_book_is_named(kept, book):
    (path,) = kept.folder.iterdir()
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(PriceError, match="is damaged"):
        kept.open(book.snapshot_id)


def edited(kept, change):
    (path,) = kept.folder.iterdir()
    content = json.loads(gzip.decompress(path.read_bytes()))
    change(content)
    path.write_bytes(gzip.compress(json.dumps(content).encode()))


def test_a_book_under_another_name_is_refused(kept, book):
    edited(kept, lambda content: content["price_file"].update(content="currency = 'USD'"))
    with pytest.raises(PriceError, match="holds the price book"):
        kept.open(book.snapshot_id)


def test_a_record_that_the_library_does_not_know_names_the_version(kept, book):
    edited(kept, lambda content: content["providers"][0].update(new_field=1))
    with pytest.raises(PriceError, match="cannot be read with the installed library") as caught:
        kept.open(book.snapshot_id)
    assert "genai-prices" in caught.value.hint

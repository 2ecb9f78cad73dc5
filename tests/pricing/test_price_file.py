"""The user's own prices: what they win over, and where an error points."""

from datetime import datetime
from decimal import Decimal

import duckdb
import pytest

from centavo.errors import BadValueError, PriceError
from centavo.pricing import PriceBook
from tests.pricing.events import event, load

MILLION = {"input_uncached_tokens": 1_000_000, "cache_read_tokens": 1_000_000, "output_tokens": 0}


@pytest.fixture
def connection():
    opened = duckdb.connect()
    opened.execute("SET TimeZone = 'UTC'")
    return opened


def written(tmp_path, text):
    path = tmp_path / "prices.toml"
    path.write_text(text, encoding="utf-8")
    return path


def price(tmp_path, connection, text, **columns):
    """Return (input_cost, cost_currency, price_source, price_problem) of one request."""
    book = PriceBook.load(written(tmp_path, text))
    statement = book.select(connection, load(connection, [event(**(MILLION | columns))]))
    return connection.execute(
        f"SELECT input_cost, cost_currency, price_source, price_problem FROM ({statement})"
    ).fetchone()


def test_a_negotiated_unit_wins_and_the_others_stay_at_the_list(tmp_path, connection):
    cost, currency, source, problem = price(
        tmp_path, connection, '[[price]]\nprovider = "openai"\nmodel = "gpt-4o"\ninput_mtok = "2"'
    )
    assert (cost, currency, problem) == (Decimal("3.25"), "USD", None)
    assert source.startswith("prices.toml, genai-prices ")


def test_a_complete_price_needs_no_list(tmp_path, connection):
    text = '[[price]]\nmodel = "llama-*"\ninput_mtok = 0.1\ncache_read_mtok = 0.01\noutput_mtok = 1'
    found = price(tmp_path, connection, text, provider="ours", answered_model="LLAMA-4-tuned")
    assert found == (Decimal("0.11"), "USD", "prices.toml", None)


def test_another_currency_stands_alone(tmp_path, connection):
    text = '[[price]]\nmodel = "gpt-4o"\ncurrency = "brl"\ninput_mtok = "12.5"'
    assert price(tmp_path, connection, text)[:2] == (Decimal(25), "BRL")
    assert price(tmp_path, connection, text, output_tokens=1)[3] == "unit_without_price"


def test_a_discount_lowers_every_list_price_in_every_tier(tmp_path, connection):
    text = '[[discount]]\nprovider = "openai"\nfactor = "0.8"'
    assert price(tmp_path, connection, text)[0] == Decimal("3.00")
    assert price(tmp_path, connection, text, processing_tier="batch")[0] == Decimal("2.00")


def test_a_negotiated_price_is_not_discounted(tmp_path, connection):
    text = '[[price]]\nmodel = "gpt-4o"\ninput_mtok = 2\n[[discount]]\nfactor = 0.8'
    assert price(tmp_path, connection, text)[0] == Decimal("3.00")


def test_a_price_is_for_one_tier(tmp_path, connection):
    text = '[[price]]\nmodel = "gpt-4o"\ninput_mtok = 2\n'
    assert price(tmp_path, connection, text, processing_tier="batch")[0] == Decimal("2.50")
    tier = 'tier = "provisioned"\ncache_read_mtok = 1\noutput_mtok = 1'
    assert price(tmp_path, connection, text + tier, processing_tier="provisioned")[0] == 3


def test_dates_start_included_and_end_excluded(tmp_path, connection):
    text = (
        '[[price]]\nmodel = "gpt-4o"\ninput_mtok = 2\ncache_read_mtok = 2\n'
        "valid_from = 2026-11-01\nvalid_to = 2026-12-01T00:00:00-03:00"
    )
    costs = [
        price(tmp_path, connection, text, started_at=datetime(*at))[0]  # noqa: DTZ001 -- naive UTC
        for at in ((2026, 10, 31, 23, 59, 59, 999999), (2026, 11, 1), (2026, 12, 1, 2, 59), (2026, 12, 1, 3))
    ]  # fmt: skip
    assert costs == [Decimal("3.75"), 4, 4, Decimal("3.75")]


def test_a_model_of_the_file_alone_has_no_price_outside_its_dates(tmp_path, connection):
    text = '[[price]]\nmodel = "m"\nvalid_from = 2027-01-01\ninput_mtok = 1'
    assert price(tmp_path, connection, text, answered_model="m")[3] == "no_price_at_date"


def test_the_later_entry_wins(tmp_path, connection):
    text = (
        '[[price]]\ninput_mtok = 1\ncache_read_mtok = 1\n[[price]]\nmodel = "gpt*"\ninput_mtok = 3'
    )
    assert price(tmp_path, connection, text)[0] == 4


def test_long_requests_may_cost_more(tmp_path, connection):
    text = (
        '[[price]]\nmodel = "m"\n'
        "input_mtok = { base = 1, above = [{ input_tokens = 1000000, price = 2 }] }"
    )
    assert price(tmp_path, connection, text, answered_model="m")[0] == 4
    assert price(tmp_path, connection, text, answered_model="m", cache_read_tokens=0)[0] == 1


def test_tables_of_the_list_keep_their_hours(tmp_path, connection):
    text = '[[discount]]\nfactor = "0.5"\nvalid_from = 2026-11-01T02:00:00Z'
    costs = [
        price(
            tmp_path,
            connection,
            text,
            provider="deepseek",
            answered_model="deepseek-flash",
            started_at=datetime(2026, 11, 1, hour),  # noqa: DTZ001 -- naive UTC
            cache_read_tokens=0,
        )[0]
        for hour in (0, 1, 2, 5)
    ]
    assert costs == [Decimal("0.15"), Decimal("0.3"), Decimal("0.15"), Decimal("0.075")]


def test_a_part_without_its_whole_is_refused(tmp_path, connection):
    with pytest.raises(PriceError, match=r"prices\.toml: prices of m are not complete"):
        price(
            tmp_path, connection, '[[price]]\nmodel = "m"\ncache_read_mtok = 1', answered_model="m"
        )


@pytest.mark.parametrize(
    ("line", "column", "text"),
    [
        (3, "input_mtok", '[[price]]\nmodel = "m"\ninput_mtok = "1,5"'),
        (2, "input_mtok", "[[price]]\ninput_mtok = -1"),
        (2, "input_mtok", "[[price]]\ninput_mtok = inf"),
        (2, "input_mtok", "[[price]]\ninput_mtok = true"),
        (2, "input_mtok", "[[price]]\ninput_mtok = { base = 1 }"),
        (2, "input_mtok", "[[price]]\ninput_mtok = { base = 1, above = [{ price = 2 }] }"),
        (4, "inptu_mtok", "[[price]]\ninput_mtok = 1\n[[price]]\ninptu_mtok = 1"),
        (2, "audio_hours", "[[price]]\naudio_hours = 1"),
        (2, "tier", '[[price]]\ntier = "bulk"\ninput_mtok = 1'),
        (2, "model", '[[price]]\nmodel = ""\ninput_mtok = 1'),
        (2, "currency", '[[price]]\ncurrency = "reais"\ninput_mtok = 1'),
        (1, "currency", "currency = 1"),
        (2, "valid_from", '[[price]]\nvalid_from = "soon"\ninput_mtok = 1'),
        (2, "valid_from", "[[price]]\nvalid_from = 7\ninput_mtok = 1"),
        (
            3,
            "valid_to",
            "[[price]]\nvalid_from = 2026-02-01\nvalid_to = 2026-02-01\ninput_mtok = 1",
        ),
        (1, "price", '[[price]]\nmodel = "m"'),
        (1, "price", "[price]\ninput_mtok = 1"),
        (1, "factor", '[[discount]]\nmodel = "m"'),
        (2, "factor", "[[discount]]\nfactor = 20"),
        (3, "input_mtok", "[[discount]]\nfactor = 1\ninput_mtok = 1"),
        (1, "prices", "[[prices]]\ninput_mtok = 1"),
    ],
)
def test_an_error_points_at_its_line(tmp_path, line, column, text):
    with pytest.raises(BadValueError) as caught:
        PriceBook.load(written(tmp_path, text))
    assert (caught.value.file, caught.value.line, caught.value.column) == (
        "prices.toml",
        line,
        column,
    )


def test_what_is_not_toml_points_at_its_line(tmp_path):
    with pytest.raises(PriceError, match=r"prices\.toml, line 2: not TOML"):
        PriceBook.load(written(tmp_path, "[[price]]\ninput_mtok = 1,5"))


def test_what_cannot_be_opened_or_decoded_is_said(tmp_path):
    with pytest.raises(PriceError, match="cannot be opened"):
        PriceBook.load(tmp_path / "none.toml")
    path = tmp_path / "latin.toml"
    path.write_bytes(b"# pre\xe7os")
    with pytest.raises(PriceError, match="not UTF-8 at byte 5"):
        PriceBook.load(path)


def test_the_example_of_the_docs_is_a_price_file(tmp_path):
    import re
    from pathlib import Path

    page = Path(__file__).parents[2] / "docs" / "prices.md"
    examples = re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    assert examples
    for example in examples:
        if "[prices]" not in example:
            PriceBook.load(written(tmp_path, example))

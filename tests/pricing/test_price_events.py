"""What a priced row says, and every reason for saying nothing."""

from datetime import datetime
from decimal import Decimal

import duckdb
import pytest

from centavo.ledger.schema import COST_COLUMNS
from centavo.pricing import EXPLANATIONS, PROBLEMS, PriceBook
from tests.pricing.events import COLUMNS, event, load

SMALL = {"input_uncached_tokens": 1000, "output_tokens": 100}


@pytest.fixture(scope="module")
def book():
    return PriceBook.load()


@pytest.fixture
def connection():
    opened = duckdb.connect()
    opened.execute("SET TimeZone = 'UTC'")
    return opened


def price(book, connection, *events):
    """Return the cost columns of each event, in order."""
    numbered = [it | {"event_id": str(number)} for number, it in enumerate(events)]
    statement = book.select(connection, load(connection, numbered))
    rows = connection.execute(
        f"SELECT {', '.join(COST_COLUMNS)} FROM ({statement}) ORDER BY event_id::INT"
    ).fetchall()
    return [dict(zip(COST_COLUMNS, row, strict=True)) for row in rows]


def file_book(tmp_path, text):
    path = tmp_path / "prices.toml"
    path.write_text(text, encoding="utf-8")
    return PriceBook.load(path)


def test_a_priced_row_says_all_about_its_price(book, connection):
    (row,) = price(book, connection, event(**SMALL))
    assert row == {
        "cost": Decimal("0.003500000000"),
        "cost_currency": "USD",
        "input_cost": Decimal("0.002500000000"),
        "output_cost": Decimal("0.001000000000"),
        "cache_read_cost": Decimal(0),
        "cache_write_cost": Decimal(0),
        "priced_model": "gpt-4o",
        "price_source": row["price_source"],
        "price_snapshot_id": book.snapshot_id,
        "price_problem": None,
    }
    assert row["price_source"].startswith("genai-prices ")


@pytest.mark.parametrize(
    ("problem", "columns"),
    [
        ("failed_without_usage", {"is_error": True}),
        ("no_model", SMALL | {"answered_model": None}),
        ("unknown_provider", SMALL | {"provider": "nobody"}),
        ("unknown_model", SMALL | {"answered_model": "gpt-none"}),
        ("no_price_for_tier", SMALL | {"processing_tier": "provisioned"}),
        ("no_price_for_tier", SMALL | {"processing_tier": "a tier of tomorrow"}),
        # The list knows the batch price of this model from 2026-10-14 on.
        (
            "no_price_at_date",
            SMALL | {"processing_tier": "batch", "started_at": datetime(2026, 1, 1)},  # noqa: DTZ001 -- naive UTC
        ),
        ("no_usage", {}),
        ("inconsistent_usage", {"input_uncached_tokens": -1, "output_tokens": 1}),
        ("inconsistent_usage", {"input_uncached_tokens": 2**63 - 1, "cache_read_tokens": 2**63 - 1}),
        (
            "inconsistent_usage",
            SMALL | {"provider": "google", "answered_model": "gemini-2.5-flash", "input_audio_tokens": 1001},
        ),
        ("incomplete_usage", {"reasoning_tokens": 5}),
        ("incomplete_usage", {"cache_read_tokens": 5, "output_tokens": 5}),
        ("unit_without_price", SMALL | {"provider": "openai", "answered_model": "text-embedding-3-small"}),
        ("cost_too_large", {"input_uncached_tokens": 10**12, "output_tokens": 0}),
    ],
)  # fmt: skip
def test_what_has_no_price_says_why(book, connection, problem, columns):
    (row,) = price(book, connection, event(**columns))
    assert row["price_problem"] == problem
    assert (row["cost"], row["input_cost"], row["output_cost"]) == (None, None, None)
    assert row["cost_currency"] is None


def test_every_reason_is_explained_and_tested():
    assert EXPLANATIONS.keys() == set(PROBLEMS)
    tested = test_what_has_no_price_says_why.pytestmark[0].args[1]
    assert {problem for problem, _ in tested} == set(PROBLEMS)


def test_neighbours_do_not_change_a_reason(book, connection):
    """Which SQL is generated depends on the prices in the relation; what a row says must not."""
    cases = [
        event(**columns) for _, columns in test_what_has_no_price_says_why.pytestmark[0].args[1]
    ]
    alone = [price(book, connection, case)[0] for case in cases]
    tiered = event(provider="google", answered_model="gemini-2.5-pro", **SMALL)
    hourly = event(provider="deepseek", answered_model="deepseek-v4-flash", **SMALL)
    fine = event(provider="openrouter", answered_model="google/gemini-2.5-flash", **SMALL)
    assert price(book, connection, *cases, tiered, hourly, fine)[: len(cases)] == alone


def test_nothing_counted_costs_nothing(book, connection):
    (row,) = price(book, connection, event(input_uncached_tokens=0, output_tokens=0))
    assert (row["cost"], row["price_problem"]) == (Decimal(0), None)


def test_a_failed_request_with_usage_is_priced(book, connection):
    (row,) = price(book, connection, event(is_error=True, **SMALL))
    assert row["cost"] == Decimal("0.0035")


def test_each_class_of_input_has_its_own_price(book, connection):
    (row,) = price(
        book,
        connection,
        event(
            provider="anthropic",
            answered_model="claude-sonnet-4-5-20250929",
            input_uncached_tokens=1_000,
            cache_read_tokens=10_000,
            cache_write_tokens=100,
            cache_write_5m_tokens=1_000,
            cache_write_1h_tokens=10_000,
            output_tokens=0,
            web_searches=3,
        ),
    )
    # $ per million: 3 input, 0.30 read, 3.75 write (5 minutes and not stated), 6 write (1 hour).
    assert row["input_cost"] == Decimal("0.003 ") + Decimal("0.003") + Decimal("0.064125")
    assert row["cost"] - row["input_cost"] == Decimal("0.03")


@pytest.mark.parametrize(("tokens", "usd_per_mtok"), [(200_000, "1.25"), (200_001, "2.5")])
def test_a_long_request_pays_the_long_price_for_all_its_tokens(
    book, connection, tokens, usd_per_mtok
):
    (row,) = price(
        book,
        connection,
        event(
            provider="google",
            answered_model="gemini-2.5-pro",
            input_uncached_tokens=tokens - 50_000,
            cache_read_tokens=50_000,
            output_tokens=0,
        ),
    )
    per_token = Decimal(usd_per_mtok) / 1_000_000
    assert row["cost"] == (tokens - 50_000) * per_token + 50_000 * per_token / 10


def test_the_hour_of_the_day_counts(book, connection):
    night, day = price(
        book,
        connection,
        *(
            event(
                provider="deepseek",
                answered_model="deepseek-flash",
                started_at=datetime(2026, 11, 1, hour),  # noqa: DTZ001 -- naive UTC
                input_uncached_tokens=1_000_000,
                output_tokens=0,
            )
            for hour in (0, 3)
        ),
    )
    assert night["cost"] * 2 == day["cost"]


def test_the_answering_model_is_priced_before_the_one_asked_for(book, connection):
    both, unknown_answer = price(
        book,
        connection,
        event(requested_model="gpt-4o", answered_model="gpt-4o-mini", **SMALL),
        event(requested_model="gpt-4o", answered_model="my-deployment", **SMALL),
    )
    assert (both["priced_model"], unknown_answer["priced_model"]) == ("gpt-4o-mini", "gpt-4o")


@pytest.mark.parametrize(
    ("provider", "model", "priced"),
    [
        ("gcp.vertex_ai", "publishers/google/models/gemini-2.5-pro", "gemini-2.5-pro"),
        ("gcp.gemini", "models/gemini-2.5-pro", "gemini-2.5-pro"),
        ("azure.ai.openai", "gpt-4o-2024-08-06", "gpt-4o"),
        ("openai", "openai/gpt-4o", "gpt-4o"),
        (None, "gpt-4o", "gpt-4o"),
        (" OpenAI ", "GPT-4o", "gpt-4o"),
    ],
)
def test_names_as_logs_write_them(book, connection, provider, model, priced):
    (row,) = price(book, connection, event(provider=provider, answered_model=model, **SMALL))
    assert (row["priced_model"], row["price_problem"]) == (priced, None)


def test_a_price_finer_than_the_ledger_is_rounded_half_to_even(tmp_path, connection):
    book = file_book(
        tmp_path, '[[price]]\nmodel = "m"\ninput_mtok = 0.0000005\noutput_mtok = 0.0000005'
    )
    rows = price(
        book,
        connection,
        *(event(answered_model="m", input_uncached_tokens=n, output_tokens=n) for n in (1, 3)),
    )
    assert [row["input_cost"] for row in rows] == [Decimal(0), Decimal("2e-12")]
    assert [row["cost"] for row in rows] == [Decimal("1e-12"), Decimal("3e-12")]


def test_all_other_columns_pass_through(book, connection):
    connection.execute(
        f"CREATE TABLE more AS SELECT *, 7 AS kept, 9::DECIMAL(18,12) AS cost, 'x' AS price_problem "
        f"FROM {load(connection, [event(**SMALL)])}"
    )
    statement = book.select(connection, "SELECT * FROM more")
    result = connection.execute(statement)
    names = [column[0] for column in result.description]
    assert names == [*COLUMNS, "kept", *COST_COLUMNS]
    row = dict(zip(names, result.fetchone(), strict=True))
    assert (row["kept"], row["cost"], row["price_problem"]) == (7, Decimal("0.0035"), None)


def test_no_requests_are_no_rows(book, connection):
    load(connection, [])
    assert connection.execute(book.select(connection, "requests")).fetchall() == []


def test_types_are_the_ledgers(book, connection):
    from centavo.ledger.schema import USAGE_EVENTS

    load(connection, [event(**SMALL)])
    described = connection.execute(f"DESCRIBE {book.select(connection, 'requests')}").fetchall()
    types = {row[0]: row[1] for row in described}
    ledger = {column.name: column.type for column in USAGE_EVENTS}
    assert {name: types[name] for name in COST_COLUMNS} == {
        name: ledger[name] for name in COST_COLUMNS
    }

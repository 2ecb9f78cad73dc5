"""Claim: pricing 10 M requests takes at most 1.5 times a bare range join.

Both sides read the same Parquet file of requests over one year and write the same columns into a
table: event, cost, input cost, output cost, currency, model, source, snapshot, problem. The bare join
knows nothing but names, dates and one decimal price for each of seven classes of tokens: no tiers by
length, no hours, no parts, no reasons, no checks. Its prices are taken from the price book before the
clock starts; centavo's side loads the library and compiles the book on the clock, in about half a second.
"""

import sys
from pathlib import Path

import duckdb
from generated import ROWS
from measuring import DATA, in_turn, show, timed

EVENTS = DATA / f"requests-{ROWS}.parquet"
PRICES = DATA / "prices.parquet"
CLASSES = (
    "input_uncached_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
    "web_searches",
)
MODELS = (
    ("openai", "gpt-4o-2024-08-06"),
    ("openai", "gpt-4o-mini"),
    ("openai", "gpt-5-mini"),
    ("openai", "o3"),
    ("anthropic", "claude-sonnet-4-5-20250929"),
    ("anthropic", "claude-haiku-4-5-20251001"),
    ("anthropic", "claude-opus-4-5-20251101"),
    ("google", "gemini-2.5-pro"),
    ("google", "gemini-2.5-flash"),
    ("deepseek", "deepseek-chat"),
    ("mistral", "mistral-large-latest"),
    ("groq", "llama-3.3-70b-versatile"),
)

# One model in three states text and audio, one in three cache writes: as the providers do.
_SELECT = """
SELECT
  'req-' || i AS event_id,
  TIMESTAMP '2025-11-01' + to_microseconds((i * (31536000000000 // {rows}))::BIGINT) AS started_at,
  m.provider, m.model AS requested_model, m.model AS answered_model,
  (hash(i, 1) % 8000)::BIGINT AS input_uncached_tokens,
  CASE WHEN hash(i, 2) % 2 = 0 THEN (hash(i, 3) % 20000)::BIGINT ELSE 0 END AS cache_read_tokens,
  NULL::BIGINT AS cache_write_tokens,
  CASE WHEN m.provider = 'anthropic' THEN (hash(i, 4) % 900)::BIGINT END AS cache_write_5m_tokens,
  CASE WHEN m.provider = 'anthropic' THEN 0::BIGINT END AS cache_write_1h_tokens,
  (hash(i, 5) % 1500)::BIGINT AS output_tokens,
  CASE WHEN m.provider <> 'anthropic' THEN (hash(i, 6) % 100)::BIGINT END AS reasoning_tokens,
  CASE WHEN m.provider = 'google' THEN (hash(i, 1) % 8000)::BIGINT END AS input_text_tokens,
  CASE WHEN m.provider = 'openai' THEN 0::BIGINT END AS input_audio_tokens,
  NULL::BIGINT AS input_image_tokens, NULL::BIGINT AS input_video_tokens,
  NULL::BIGINT AS input_tool_tokens, NULL::BIGINT AS cache_read_text_tokens,
  NULL::BIGINT AS cache_read_audio_tokens, NULL::BIGINT AS cache_read_image_tokens,
  NULL::BIGINT AS cache_read_video_tokens, NULL::BIGINT AS output_text_tokens,
  CASE WHEN m.provider = 'openai' THEN 0::BIGINT END AS output_audio_tokens,
  NULL::BIGINT AS output_image_tokens,
  CASE WHEN m.provider = 'anthropic' THEN (hash(i, 7) % 50 = 0)::BIGINT END AS web_searches,
  'standard' AS processing_tier, NULL::VARCHAR AS context_tier, NULL::VARCHAR AS inference_geo,
  false AS is_error
FROM range({rows}) AS t(i)
JOIN models AS m ON m.number = (hash(i) % {models})::BIGINT
"""


def build() -> None:
    """Write the requests, and the prices that the bare join is given."""
    from centavo.pricing import PriceBook

    DATA.mkdir(exist_ok=True)
    connection = _connection()
    if not EVENTS.exists():
        connection.execute("CREATE TABLE models (number BIGINT, provider VARCHAR, model VARCHAR)")
        rows = [(number, *names) for number, names in enumerate(MODELS)]
        connection.executemany("INSERT INTO models VALUES (?, ?, ?)", rows)
        select = _SELECT.format(rows=ROWS, models=len(MODELS))
        connection.execute(f"COPY ({select}) TO '{EVENTS}'")
    PriceBook.load().select(connection, f"SELECT * FROM '{EVENTS}'")
    table = connection.execute(
        "SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'centavo_price_rows_%'"
    ).fetchall()[0][0]
    prices = ", ".join(
        f"(_price_c_{name}::DECIMAL(18,0) * 0.000000000001::DECIMAL(12,12))::DECIMAL(18,12) AS p_{name}"
        for name in CLASSES
    )
    connection.execute(
        f"""COPY (
          SELECT DISTINCT ON (model, valid_from)
            _price_answered_model AS model, _price_cost_currency AS currency,
            _price_valid_from AS valid_from, _price_valid_to AS valid_to, {prices}
          FROM {table} ORDER BY ALL
        ) TO '{PRICES}'"""
    )


def ours() -> None:
    """Load the price book, find the models and price: all of `PriceBook.select`."""
    from centavo.pricing import PriceBook

    connection = _connection()
    statement = PriceBook.load().select(connection, f"SELECT * FROM '{EVENTS}'")
    connection.execute(
        "CREATE TEMP TABLE answer AS SELECT event_id, cost, input_cost, output_cost, cost_currency, "
        f"priced_model, price_source, price_snapshot_id, price_problem FROM ({statement})"
    )


def bare() -> None:
    """Join by name and validity, multiply and add."""
    connection = _connection()
    connection.execute(f"CREATE TEMP TABLE prices AS FROM '{PRICES}'")
    term = "coalesce({0}, 0) * p_{0}"
    inputs = " + ".join(term.format(name) for name in CLASSES[:5])
    output, searches = (term.format(name) for name in CLASSES[5:])
    connection.execute(
        f"""CREATE TEMP TABLE answer AS
        SELECT event_id, ({inputs} + {output} + {searches})::DECIMAL(18,12) AS cost,
          ({inputs})::DECIMAL(18,12) AS input_cost, ({output})::DECIMAL(18,12) AS output_cost,
          currency, model, 'genai-prices' AS price_source, '0123456789ab' AS price_snapshot_id,
          NULL::VARCHAR AS price_problem
        FROM '{EVENTS}' AS e
        JOIN prices AS p ON e.answered_model = p.model
          AND e.started_at >= p.valid_from AND e.started_at < p.valid_to"""
    )


def main() -> None:
    """Measure both sides in turn and print the ratio."""
    build()
    taken = in_turn(str(Path(__file__)), ["ours", "bare"], runs=5)
    show(f"pricing {ROWS:,} requests", taken["ours"], taken["bare"], limit=1.5)


def _connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"preserve_insertion_order": False})
    connection.execute("SET TimeZone = 'UTC'")
    return connection


if __name__ == "__main__":
    sides = {"ours": ours, "bare": bare}
    if len(sys.argv) > 1:
        timed(sides[sys.argv[1]])
    else:
        main()

"""Claim: simulating six levers over 10 M requests without bodies takes at most 60 s and 3 GB.

The requests are those of ``price_events.py`` (twelve models, one year) with applications, environments,
retries and repeated calls. The plan drops retries, answers duplicates once, switches a test environment
off at night, moves an endpoint to a cheaper model, sends a job as a batch, and limits outputs. All of it
is on the clock: reading, pricing the baseline anew, six levers jointly, each lever alone (for the naive
sum), sums by application and day, and intervals.

The bound is the bare answer to the same plan: one SQL pass for each prefix, with the rewritten columns in
one CASE each and the same price statement, which knows no shares, no overlaps and no lever alone.
"""

import sys
from pathlib import Path

import price_events
from generated import ROWS
from measuring import DATA, in_turn, machine, timed

EVENTS = DATA / f"traffic-{ROWS}.parquet"
LIMIT_S, LIMIT_MB = 60, 3000
BY = ("application",)

_SELECT = """
SELECT * REPLACE (
    -- Ten weeks in which batch prices are known: those of the book begin in October 2026.
    TIMESTAMP '2026-10-15' + to_microseconds((i * (6048000000000 // {rows}))::BIGINT) AS started_at),
  CASE WHEN hash(i, 20) % 25 = 0 AND i > 0 THEN 'req-' || (i - 1) END AS parent_event_id,
  hash(i, 21) % 40 = 0 AS is_failed,
  'app-' || (hash(i, 8) % 30) AS application,
  '/v1/' || (hash(i, 10) % 5) AS endpoint,
  ['production', 'production', 'production', 'test'][1 + (hash(i, 9) % 4)::INT] AS environment,
  hash(i, 11) % 3 = 0 AS streamed,
  -- One call in ten repeats one of the hundred before it.
  printf('%016x', CASE WHEN hash(i, 12) % 10 = 0 THEN hash(i // 100, 14) ELSE hash(i, 13) END)
    AS messages_hash
FROM (SELECT *, substr(event_id, 5)::BIGINT AS i FROM '{source}')
"""


def build() -> None:
    """Write the requests."""
    price_events.build()
    if EVENTS.exists():
        return
    import duckdb

    engine = duckdb.connect()
    engine.execute("SET enable_progress_bar = false")
    select = _SELECT.format(rows=ROWS, source=price_events.EVENTS)
    engine.execute(f"COPY (SELECT * EXCLUDE (i) FROM ({select})) TO '{EVENTS}'")


def _ledger() -> object:
    from centavo.ledger.batches import BATCH_COLUMNS
    from centavo.ledger.engine import open_engine
    from centavo.ledger.ledger import Ledger
    from centavo.ledger.location import LedgerLocation
    from centavo.ledger.schema import TABLES

    engine = open_engine()
    for name, columns in {**TABLES, "batches": BATCH_COLUMNS}.items():
        typed = ", ".join(f'"{column.name}" {column.type}' for column in columns)
        engine.execute(f"CREATE TABLE {name} ({typed})")
    engine.execute(f"CREATE VIEW written AS SELECT * FROM '{EVENTS}'")
    there = {row[0] for row in engine.execute("DESCRIBE written").fetchall()}
    shown = ", ".join(
        f'"{column.name}"' if column.name in there else f'NULL::{column.type} AS "{column.name}"'
        for column in TABLES["usage_events"]
    )
    engine.execute("DROP TABLE usage_events")
    engine.execute(f"CREATE VIEW usage_events AS SELECT {shown} FROM written")
    return Ledger(LedgerLocation(Path("nowhere"), {}), {}, engine)


def _levers() -> list[object]:
    from centavo.errors import ConfigError
    from centavo.savings import LeverSettings
    from centavo.savings.levers import KINDS
    from centavo.savings.where import Where

    plan = (
        ("off", {"environment": ["test"]}, {"except": "8-20"}),
        ("retries", {}, {}),
        ("duplicates", {}, {"ttl_s": "3600"}),
        ("model", {"endpoint": ["/v1/1"]}, {"from": "claude-opus-4-5", "to": "claude-haiku-4-5"}),
        ("batch", {"application": ["app-1*"]}, {}),
        ("max-output", {}, {"tokens": "1400"}),
    )
    kinds = {kind.name: kind for kind in KINDS}

    def fail(name: str, problem: str) -> Exception:
        return ConfigError(f"{name} {problem}")

    return [kinds[name].make(LeverSettings(Where.of(w), values, fail)) for name, w, values in plan]


def ours() -> None:
    """Simulate the plan."""
    from centavo.period import Period
    from centavo.pricing import PriceBook
    from centavo.savings import simulate
    from centavo.savings.recording import Question

    found = simulate(_ledger(), _levers(), Question(Period(), BY), book=PriceBook.load())
    for step in found.steps:
        print(
            f"  {step.lever.kind:11} touched {step.touched:>10,}  saves {step.amount('USD'):>16,.2f}"
            f"  alone {step.alone.get('USD', 0):>16,.2f}",
            file=sys.stderr,
        )
    print(
        f"  jointly {found.saved('USD'):,.2f} of {found.baseline_cost('USD'):,.2f}", file=sys.stderr
    )


def bare() -> None:
    """Price the baseline and sum it by application and day, once for each prefix of the plan."""
    from centavo.pricing import PriceBook

    ledger, book = _ledger(), PriceBook.load()
    for _ in range(7):
        select = book.select(ledger.engine, "usage_events")
        ledger.engine.execute(
            "SELECT application, started_at::DATE, sum(cost), count(*) "
            f"FROM ({select}) GROUP BY ALL"
        ).fetchall()


def main() -> None:
    """Measure both in turn and print the verdict."""
    build()
    taken = in_turn(str(Path(__file__)), ["ours", "bare"], runs=1)
    mine, bound = taken["ours"], taken["bare"]
    print(f"six levers over {ROWS:,} requests without bodies ({machine()})")
    print(
        f"  centavo            {mine.wall_s:7.1f} s  {mine.cpu_s:7.1f} s CPU  {mine.peak_mb:7.0f} MB"
    )
    print(
        f"  seven bare pricings {bound.wall_s:6.1f} s  {bound.cpu_s:7.1f} s CPU  {bound.peak_mb:7.0f} MB"
    )
    holds = mine.wall_s <= LIMIT_S and mine.peak_mb <= LIMIT_MB
    print(
        f"  limits {LIMIT_S} s and {LIMIT_MB} MB: {'holds' if holds else 'DOES NOT HOLD'}",
        flush=True,
    )


if __name__ == "__main__":
    sides = {"ours": ours, "bare": bare}
    if len(sys.argv) > 1:
        timed(sides[sys.argv[1]])
    else:
        main()

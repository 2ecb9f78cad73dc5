"""Reconciliation of requests against charges: wall time, CPU and memory of one fresh process.

    python benchmarks/reconcile.py [events charges]

The claim: 10 million requests against 1 million charges in 10 s and 2 GB. Charges are hourly, by
project, model, class of token and API key, as a detailed export is; a fifth of one project's calls
is not in the log. The bound is bare DuckDB summing the same two tables to the grain of a line.
"""

import hashlib
import os
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from measuring import DATA, in_turn, machine, timed

_EVENTS, _CHARGES = 10_000_000, 1_000_000
_MODELS = {
    "gpt-4.1": (2000, 500, 8000),
    "gpt-4.1-mini": (400, 100, 1600),
    "gpt-4o": (2500, 1250, 10000),
}
_PROJECTS = 40
NOW = datetime(2026, 9, 1, tzinfo=UTC)


def _folder(events: int, charges: int) -> Path:
    return DATA / f"reconcile-{events}-{charges}"


def build(events: int, charges: int) -> None:
    """Write the ledger: June 2026, priced by the statement's own prices, in files as an ingest makes."""
    from centavo.ledger.diary import WriteRequest
    from centavo.ledger.engine import open_engine
    from centavo.ledger.layout import filled_select
    from centavo.ledger.location import LedgerLocation
    from centavo.ledger.reading import InputFile, Reading, Tally
    from centavo.ledger.writer import writing

    folder = _folder(events, charges)
    if (folder / "done").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    engine = open_engine()
    names = ", ".join(f"'{name}'" for name in _MODELS)
    prices = {
        part: [price[place] for price in _MODELS.values()] for place, part in enumerate("iro")
    }
    engine.execute(
        f"""CREATE TEMP TABLE calls AS
        SELECT i, TIMESTAMP '2026-06-01' + to_microseconds((i::HUGEINT * 2592000000000 // {events})::BIGINT) AS called,
          hash(i) % {_PROJECTS} AS project, (1 + hash(i + 1) % {len(_MODELS)})::BIGINT AS m,
          (500 + hash(i + 2) % 4000)::BIGINT AS input, (hash(i + 3) % 2000)::BIGINT AS cached,
          (50 + hash(i + 4) % 900)::BIGINT AS output
        FROM range({events}) AS t(i)"""
    )
    engine.execute(
        f"""CREATE TEMP TABLE priced AS SELECT *, ([{names}])[m] AS model,
        {", ".join(f"({prices[k]}[m] * 0.000000001)::DECIMAL(18,12) AS price_{k}" for k in "iro")} FROM calls"""
    )
    event_select = """SELECT 'bench:' || i AS event_id, 'requests' AS source, '{b}' AS batch_id, called AS started_at,
        'openai' AS provider, model AS requested_model, model AS answered_model, 'proj-' || project AS project,
        false AS is_error, input AS input_uncached_tokens, cached AS cache_read_tokens, output AS output_tokens,
        (input * price_i + cached * price_r + output * price_o)::DECIMAL(18,12) AS cost, 'USD' AS cost_currency,
        (input * price_i + cached * price_r)::DECIMAL(18,12) AS input_cost, (output * price_o)::DECIMAL(18,12) AS output_cost,
        (cached * price_r)::DECIMAL(18,12) AS cache_read_cost, 0::DECIMAL(18,12) AS cache_write_cost, model AS priced_model
        FROM priced WHERE project > 0 OR i % 5 > 0"""
    # As many keys as the number of charges asks for: hours x projects x models x classes x keys.
    keys = max(1, -(-charges // (720 * _PROJECTS * len(_MODELS) * 3)))
    charge_select = f"""SELECT BilledCost, BilledCost AS ListCost, 'org' AS BillingAccountId, 'USD' AS BillingCurrency,
        TIMESTAMP '2026-06-01' AS BillingPeriodStart, 'Usage' AS ChargeCategory, hour AS ChargePeriodStart,
        hour + INTERVAL 1 HOUR AS ChargePeriodEnd, quantity AS ConsumedQuantity, 'Tokens' AS ConsumedUnit,
        'AI and Machine Learning' AS ServiceCategory, 'API' AS ServiceName, 'OpenAI' AS ServiceProviderName,
        'proj-' || project AS SubAccountId, 'billed' AS x_CostBasis, 'focus' AS x_Source, '{{b}}' AS x_IngestionBatchId,
        hour::DATE AS x_RestatementDate, model AS x_ModelId, direction AS x_TokenDirection, action AS x_TokenCacheAction
      FROM (
        SELECT date_trunc('hour', called) AS hour, project, model, i % {keys} AS api_key, 'Input' AS direction, 'Uncached' AS action,
          sum(input)::DECIMAL(38,12) AS quantity, sum(input * price_i)::DECIMAL(38,12) AS BilledCost FROM priced GROUP BY ALL
        UNION ALL SELECT date_trunc('hour', called), project, model, i % {keys}, 'Input', 'Read',
          sum(cached)::DECIMAL(38,12), sum(cached * price_r)::DECIMAL(38,12) FROM priced GROUP BY ALL
        UNION ALL SELECT date_trunc('hour', called), project, model, i % {keys}, 'Output', 'Uncached',
          sum(output)::DECIMAL(38,12), sum(output * price_o)::DECIMAL(38,12) FROM priced GROUP BY ALL)"""
    for table, select in (("usage_events", event_select), ("charges", charge_select)):
        batch = hashlib.sha256(table.encode()).hexdigest()
        file = InputFile(folder / table, table, batch, batch[:16], 0)
        filled = filled_select(engine, select.format(b=batch[:16]), table)
        reading = Reading(table, filled, Tally(), lambda error: error)  # type: ignore[arg-type,return-value]
        with writing(LedgerLocation(folder / "ledger"), engine, now=NOW) as writer:
            report = writer.write(WriteRequest(source="bench", reading=reading, files=[file]))
        print(f"  {report.rows_written:,} {table}")
    (folder / "done").touch()


def ours(folder: Path) -> None:
    from centavo.ledger.ledger import Ledger
    from centavo.ledger.location import LedgerLocation
    from centavo.period import Period
    from centavo.pricing import PriceBook
    from centavo.reconciliation import ReconcileQuestion, reconcile

    question = ReconcileQuestion(now=NOW, period=Period.parse("2026-06", "2026-07"))
    report = reconcile(Ledger.open(LedgerLocation(folder / "ledger")), question, PriceBook.load())
    (total,) = report.totals
    if total.causes["uncaptured_traffic"] != total.gap_cost:
        raise SystemExit(f"wrong answer: {total}")


def bound(folder: Path) -> None:
    import duckdb

    engine = duckdb.connect()
    for table, keys, sums in (
        (
            "usage_events",
            "started_at::DATE, provider, project, priced_model",
            "sum(input_uncached_tokens), sum(cache_read_tokens), sum(output_tokens), sum(input_cost), "
            "sum(cache_read_cost), sum(output_cost)",
        ),
        (
            "charges",
            "ChargePeriodStart::DATE, ServiceProviderName, SubAccountId, x_ModelId, x_TokenDirection, "
            "x_TokenCacheAction",
            "sum(ConsumedQuantity), sum(BilledCost), sum(ListCost)",
        ),
    ):
        engine.execute(
            f"SELECT {keys}, {sums} FROM read_parquet('{folder}/ledger/warehouse/*/{table}/data/**/*.parquet') GROUP BY ALL"
        ).fetchall()


def main(events: int = _EVENTS, charges: int = _CHARGES) -> None:
    build(events, charges)
    os.environ["CENTAVO_BENCH_FOLDER"] = str(_folder(events, charges))
    print(machine())
    taken = in_turn(__file__, ["ours", "bound"], runs=3)
    mine, bare = taken["ours"], taken["bound"]
    holds = mine.wall_s <= 10 and mine.peak_mb <= 2048
    print(f"reconcile {events:,} requests against {charges:,} charges")
    print(f"  centavo      {mine.wall_s:7.2f} s  {mine.cpu_s:7.2f} s CPU  {mine.peak_mb:7.0f} MB")
    print(
        f"  bare DuckDB  {bare.wall_s:7.2f} s  {bare.cpu_s:7.2f} s CPU  {bare.peak_mb:7.0f} MB  (sums only)"
    )
    print(f"  limit 10 s, 2,048 MB: {'holds' if holds else 'DOES NOT HOLD'}")


if __name__ == "__main__":
    if len(sys.argv) == 2:
        side = ours if sys.argv[1] == "ours" else bound
        timed(lambda: side(Path(os.environ["CENTAVO_BENCH_FOLDER"])))
    else:
        main(*(map(int, sys.argv[1:3]) if len(sys.argv) > 2 else (_EVENTS, _CHARGES)))

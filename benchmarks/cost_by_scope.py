"""Claim: cost by five dimensions and day takes at most 1.3 times bare DuckDB, under 1 GB."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from generated import ROWS, focus_csv
from measuring import DATA, in_turn, show, timed

LEDGER = DATA / f"ledger-year-{ROWS}"


def build() -> None:
    """Ingest the year once."""
    from centavo.cli.wiring import IngestOptions, find_files, ingest, recognise_all
    from centavo.ledger.location import LedgerLocation
    from centavo.ledger.settings import Settings

    if LEDGER.exists():
        return
    recognised, _ = recognise_all(find_files([str(focus_csv())]))
    options = IngestOptions(now=datetime(2026, 11, 1, tzinfo=UTC))
    list(ingest(Settings(LedgerLocation(LEDGER)), recognised, options))


def ours() -> None:
    """Ask the ledger as `centavo costs` does, up to the aggregated rows."""
    from centavo.consumption.cost_cells import CostQuestion, cost_sql
    from centavo.ledger.ledger import Ledger
    from centavo.ledger.location import LedgerLocation

    ledger = Ledger.open(LedgerLocation(LEDGER))
    question = CostQuestion(
        by=("application", "environment", "team", "service", "project"), grain="day"
    )
    query = cost_sql(question, basis="billed", metric="billed", with_rates=False)
    ledger.engine.execute(f"CREATE TEMP TABLE answer AS {query}")


def bare() -> None:
    """Group the same Parquet files by the same columns."""
    import duckdb

    connection = duckdb.connect(config={"preserve_insertion_order": False})
    connection.execute("SET TimeZone = 'UTC'")
    files = f"{LEDGER}/warehouse/centavo/charges/data/**/*.parquet"
    connection.execute(
        f"""CREATE TEMP TABLE answer AS
        SELECT make_timestamp(epoch_us(ChargePeriodStart))::DATE AS day, x_Application, x_Environment, x_Team,
          ServiceName, x_Project, BillingCurrency, sum(BilledCost)::DECIMAL(38,12) AS cost, count(*) AS n
        FROM read_parquet('{files}') WHERE x_CostBasis = 'billed' GROUP BY ALL"""
    )


def main() -> None:
    """Measure both sides in turn and print the ratio."""
    build()
    taken = in_turn(str(Path(__file__)), ["ours", "bare"], runs=5)
    show(f"cost by 5 dimensions and day, {ROWS:,} rows", taken["ours"], taken["bare"], limit=1.3)
    print(f"  peak {taken['ours'].peak_mb:,.0f} MB (limit 1,000)")


if __name__ == "__main__":
    sides = {"ours": ours, "bare": bare}
    if len(sys.argv) > 1:
        timed(sides[sys.argv[1]])
    else:
        main()

"""Claim: FOCUS CSV.gz to ledger takes at most 1.3 times a bare DuckDB COPY to Parquet."""

import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

from generated import ROWS, focus_csv
from measuring import DATA, in_turn, show, timed

_TYPES = {
    "TIMESTAMPTZ": ("BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd"),
    "DECIMAL(38,12)": (
        "BilledCost", "ConsumedQuantity", "ContractedCost", "EffectiveCost", "ListCost", "PricingQuantity",
    ),
}  # fmt: skip


def ours() -> None:
    """Ingest into a fresh ledger, everything included: recognition, hash, attribution, checks."""
    from centavo.cli.wiring import IngestOptions, find_files, ingest, recognise_all
    from centavo.ledger.location import LedgerLocation
    from centavo.ledger.settings import Settings

    folder = DATA / "ledger-ingest"
    shutil.rmtree(folder, ignore_errors=True)
    recognised, _ = recognise_all(find_files([str(focus_csv())]))
    settings = Settings(LedgerLocation(folder))
    done = list(ingest(settings, recognised, IngestOptions(now=datetime(2026, 11, 1, tzinfo=UTC))))
    assert done[0].report is not None
    assert done[0].report.rows_written == ROWS


def bare() -> None:
    """Read the same file with the same types and write zstd Parquet; nothing else."""
    import csv
    import gzip

    import duckdb

    path = focus_csv()
    with gzip.open(path, "rt") as stream:
        header = next(csv.reader(stream))
    types = {name: kind for kind, names in _TYPES.items() for name in names}
    shown = ", ".join(
        f'CAST("{n}" AS {types[n]}) AS "{n}"' if n in types else f'"{n}"' for n in header
    )
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in header)
    connection = duckdb.connect(config={"preserve_insertion_order": False})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(
        f"COPY (SELECT {shown} FROM read_csv('{path}', columns = {{{columns}}}, header = true, "
        f"auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = ['', 'NULL'])) "
        f"TO '{DATA / 'bare.parquet'}' (FORMAT parquet, COMPRESSION zstd)"
    )


def main() -> None:
    """Measure both sides in turn and print the ratio."""
    focus_csv()
    taken = in_turn(str(Path(__file__)), ["ours", "bare"], runs=3)
    show(f"FOCUS CSV.gz to ledger, {ROWS:,} rows", taken["ours"], taken["bare"], limit=1.3)


if __name__ == "__main__":
    sides = {"ours": ours, "bare": bare}
    if len(sys.argv) > 1:
        timed(sides[sys.argv[1]])
    else:
        main()

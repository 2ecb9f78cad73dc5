"""Data-quality checks on the rows that were just written: one SQL file, one warning.

Each file under ``sql/quality`` reads the relation ``new_rows`` and answers with at most a few rows
of (rows concerned, sentence). Its name is the warning's code; ``centavo explain CODE`` tells more.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files

import duckdb

from centavo.ledger.layout import view_select
from centavo.ledger.planned import PlannedFile
from centavo.ledger.reading import QualityWarning
from centavo.ledger.schema import TABLES, TableName

__all__ = ["CHECKS", "check_quality"]

CHECKS: Mapping[TableName, tuple[str, ...]] = {
    "charges": (
        "effective_cost_rounded",
        "mixed_currencies",
        "negative_quantity",
        "duplicate_tag_keys",
    ),
    "usage_events": ("cost_disagrees", "clock_skew"),
}


def check_quality(
    engine: duckdb.DuckDBPyConnection,
    table: TableName,
    new_files: Sequence[str],
    *,
    now: datetime,
) -> list[QualityWarning]:
    """Return what is doubtful about the rows of the files.

    Args:
        engine: Connection with the dialect macros.
        table: Fact table of the rows.
        new_files: Parquet files as the ledger stores them.
        now: The clock, aware.
    """
    if not new_files or table not in CHECKS:
        return []
    folder = files("centavo.ledger").joinpath("sql", "quality")
    queries = {
        code: folder.joinpath(f"{code}.sql").read_text(encoding="utf-8") for code in CHECKS[table]
    }
    # A view of all hundred columns takes longer to bind, for each query, than a day's rows to check.
    named = [c for c in TABLES[table] if any(c.name in query for query in queries.values())]
    planned = [PlannedFile(path, 0, 0, {}) for path in new_files]
    engine.execute(f"CREATE OR REPLACE TEMP VIEW new_rows AS {view_select(planned, named)}")
    engine.execute("SET VARIABLE now = $1", [now.astimezone(UTC).replace(tzinfo=None)])
    found: list[QualityWarning] = []
    for code, query in queries.items():
        rows: list[tuple[int, str]] = engine.execute(query).fetchall()
        found += [QualityWarning(code, message, count) for count, message in rows]
    return found

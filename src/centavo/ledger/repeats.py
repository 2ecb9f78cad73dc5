"""Refusing to add two versions of one bill: days that two files bring row for row alike.

The files of one command are parts of a bill and are added. But a folder may hold the export of the
11th beside that of the 10th, each from the first of the month on, or a file and its compressed copy.
"""

from collections.abc import Mapping, Sequence
from importlib.resources import files

import duckdb

from centavo.errors import InputError
from centavo.ledger.column import Column
from centavo.ledger.layout import LAYOUTS, view_select
from centavo.ledger.planned import PlannedFile
from centavo.ledger.reading import QualityWarning
from centavo.ledger.schema import TABLES
from centavo.wording import counted

__all__ = ["check_repeats"]

_LAYOUT = LAYOUTS["charges"]
# So much does not repeat by chance. A fee or two of one day may well stand in two parts of a bill.
_SURE_DAYS, _SURE_ROWS = 2, 10
# What the bill says of a row: what centavo adds to it may have changed since an earlier reading.
_SAID = [column for column in TABLES["charges"] if not column.name.startswith("x_")]
# What a first look needs: a view of all columns of many files takes long to bind.
_SUMMED = [
    column
    for column in _SAID
    if column.name in {"BilledCost", "BillingAccountId", "BillingPeriodStart", _LAYOUT.time}
]
_KEYS = [c for c in TABLES["charges"] if c.name in {_LAYOUT.batch, _LAYOUT.source, _LAYOUT.day}]


def check_repeats(
    engine: duckdb.DuckDBPyConnection,
    *,
    new_files: Sequence[str],
    live_files: Sequence[PlannedFile],
    some_go: bool,
    names: Mapping[str, str],
) -> list[QualityWarning]:
    """Refuse a new file with days that stand row for row alike in another one that stays.

    A few rows of one day are no proof, and are warned of.

    Args:
        engine: Connection, with the table ``doomed`` where earlier rows go.
        new_files: Parquet files of charges just written.
        live_files: Files of the current snapshot.
        some_go: Whether the new rows restate earlier ones.
        names: What the user calls the file of each batch.

    Raises:
        InputError: There are several such days, or many such rows.
    """
    new = [PlannedFile(path, 0, 0, {}) for path in new_files]
    engine.execute(f"CREATE OR REPLACE TEMP VIEW new_charges AS {_charges(new, _SUMMED)}")
    near = _near(engine, live_files)
    live = _charges(near, _SUMMED, some_go=some_go)
    engine.execute(f"CREATE OR REPLACE TEMP VIEW live_charges AS {live}")
    engine.execute(f"CREATE OR REPLACE TEMP TABLE suspected_days AS {_sql('suspected_days')}")
    if engine.execute("SELECT 1 FROM suspected_days LIMIT 1").fetchone() is None:
        return []
    engine.execute(f"CREATE OR REPLACE TEMP VIEW new_charges AS {_charges(new, _SAID)}")
    live = _charges(near, _SAID, some_go=some_go)
    engine.execute(f"CREATE OR REPLACE TEMP VIEW live_charges AS {live}")
    said = ", ".join(column.name for column in _SAID)
    row: tuple[str, str, str, int, int, str] | None = engine.execute(
        _sql("repeated_days").format(said=said)
    ).fetchone()
    if row is None:
        return []
    batch, other, whose, days, rows, first = row
    one, two = sorted((names.get(batch, batch), names.get(other, other)))
    repeat = (
        f"{one} and {two} have the same {counted(rows, 'row')} on {counted(days, 'day')} of {whose}, "
        f"the first {first}"
    )
    if days < _SURE_DAYS and rows < _SURE_ROWS:
        doubt = f"{repeat}: if one of them is a version of the other, they count twice"
        return [QualityWarning("repeated_rows", doubt, rows)]
    raise InputError(
        f"{repeat}: added together they count twice",
        hint="If one is the newer version, name that one alone: it replaces the other. If they are parts "
        "of one bill all the same, read them with --part.",
    )


def _charges(
    planned: Sequence[PlannedFile], columns: Sequence[Column], *, some_go: bool = False
) -> str:
    rows = view_select(planned, [*columns, *_KEYS])
    gone = f"{_LAYOUT.batch}, {_LAYOUT.source}, BillingAccountId, {_LAYOUT.day}, charged"
    stays = (
        f""" ANTI JOIN (
          SELECT {gone}, BillingPeriodStart::TIMESTAMP AS BillingPeriodStart FROM doomed)
        USING ({gone}, BillingPeriodStart)"""
        if some_go
        else ""
    )
    return f"SELECT * FROM (SELECT *, {_LAYOUT.time}::DATE AS charged FROM ({rows})){stays}"


def _near(
    engine: duckdb.DuckDBPyConnection, live_files: Sequence[PlannedFile]
) -> Sequence[PlannedFile]:
    """Return the files with days of charge among those of the new rows."""
    span: tuple[str, str] | None = engine.execute(
        "SELECT min(charged)::VARCHAR, max(charged)::VARCHAR FROM new_charges"
    ).fetchone()
    if span is None:
        return []
    everything = (span[0], span[1])
    days = [(file, file.days.get(_LAYOUT.time, everything)) for file in live_files]
    return [file for file, (first, last) in days if first <= span[1] and last >= span[0]]


def _sql(name: str) -> str:
    folder = files("centavo.ledger").joinpath("sql", "repeats")
    return folder.joinpath(f"{name}.sql").read_text(encoding="utf-8")

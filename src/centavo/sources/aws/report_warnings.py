"""What the columns and first lines of reports show to be less than it looks."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from importlib import import_module
from threading import Lock
from typing import Protocol

import duckdb
from duckdb.func import FunctionNullHandling, PythonUDFType

from centavo.ledger.reading import QualityWarning, Tally
from centavo.sources.aws.columns import FIELDS
from centavo.sources.aws.report_files import ReportGroup
from centavo.sources.csv_diagnosis import NULL_TEXTS, first_records

__all__ = ["LineTypeNotes", "report_warnings"]

_SAMPLED_RECORDS = 200
_FLOATS = frozenset({"DOUBLE", "FLOAT"})


def report_warnings(groups: Sequence[ReportGroup]) -> list[QualityWarning]:
    """Return the warnings of files that were not read yet: columns, inexact costs, no rows.

    Only the first 200 lines of a CSV are looked at for decimals: they are a habit of the program
    that wrote the file, and counting every line would cost a second reading.
    """
    found: list[QualityWarning] = []
    kept_out = {column: group.files[0].name for group in groups for column in group.layout.kept_out}
    if kept_out:
        text = (
            f"columns that are not read: {', '.join(kept_out)} (in {next(iter(kept_out.values()))})"
        )
        found.append(QualityWarning("unknown_columns", text, 0))
    amounts = [field.name for field in FIELDS if field.kind == "amount"]
    floats = {
        group.columns[group.layout.fields[name]]: None
        for group in groups
        if group.types
        for name in amounts
        if name in group.layout.fields and group.types[group.layout.fields[name]] in _FLOATS
    }
    if floats:
        text = f"stored as floating point, so not exact at the source: {', '.join(floats)}"
        found.append(QualityWarning("floating_point_costs", text, 0))
    return [*found, *_csv_warnings(groups, amounts)]


def _csv_warnings(groups: Sequence[ReportGroup], amounts: Sequence[str]) -> list[QualityWarning]:
    empty: list[str] = []
    rounded = 0
    example = ""
    for group in groups:
        positions = [group.layout.fields[name] for name in amounts if name in group.layout.fields]
        for file in group.files if group.header is not None else ():
            records = first_records(file.path, name=file.name, limit=_SAMPLED_RECORDS)
            if not records:
                empty.append(file.name)
            for cells in records:
                long = next((cells[p] for p in positions if _decimals(cells[p]) > 12), "")
                rounded += bool(long)
                example = example or (long and f"{long!r} in {file.name}")
    found: list[QualityWarning] = []
    if empty:
        where = empty[0] if len(empty) == 1 else f"{empty[0]} and {len(empty) - 1} more files"
        found.append(QualityWarning("no_rows", f"no rows after the header in {where}", 0))
    if rounded:
        text = (
            f"values with more than 12 decimals are rounded to 12: {rounded:,} of the first"
            f" {_SAMPLED_RECORDS} lines of each file, for example {example}"
        )
        found.append(QualityWarning("decimals_rounded", text, rounded))
    return found


def _decimals(value: str) -> int:
    """Return how many decimals a number needs; 0 for what is not a number."""
    if value in NULL_TEXTS or (len(value) < 14 and "e" not in value.lower()):
        return 0
    try:
        exponent = Decimal(value).normalize().as_tuple().exponent
    except InvalidOperation:
        return 0
    return -exponent if isinstance(exponent, int) else 0


class _Arrow(Protocol):
    def to_pylist(self) -> list[str | None]: ...


@dataclass
class LineTypeNotes:
    """Line types that are not known, counted while the lines are read.

    Attributes:
        tally: Where the warning stands.
    """

    tally: Tally
    _seen: Counter[str] = field(default_factory=Counter[str])
    _lock: Lock = field(default_factory=Lock)

    def install(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make ``aws_line_type`` a function that takes such a type and answers ``adjustment``."""
        taken = connection.execute(
            "SELECT 1 FROM duckdb_functions() WHERE function_name = 'aws_line_type'"
        ).fetchall()
        if taken:
            connection.remove_function("aws_line_type")
        connection.create_function(  # pyright: ignore[reportUnknownMemberType] -- the stub has no arrow columns
            "aws_line_type",
            self._note,
            ["varchar"],
            "varchar",
            type=PythonUDFType.ARROW,
            null_handling=FunctionNullHandling.SPECIAL,
            # It counts: calls of equal arguments are not one call.
            side_effects=True,
        )

    def _note(self, types: _Arrow) -> object:
        arrow = import_module("pyarrow")
        kinds = types.to_pylist()
        with self._lock:
            self._seen.update(str(kind) for kind in kinds)
            text = (
                f"{self._seen.total():,} lines have a line item type that is not known"
                f" ({', '.join(sorted(self._seen))}); they are counted as adjustments, at the cost"
                " that they state."
            )
            others = [w for w in self.tally.warnings if w.code != "unknown_cost_type"]
            warning = QualityWarning("unknown_cost_type", text, self._seen.total())
            self.tally.warnings[:] = [*others, warning]
        return arrow.array(["adjustment"] * len(kinds), arrow.string())

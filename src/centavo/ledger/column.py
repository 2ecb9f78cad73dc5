"""One column of a table: its name, its type and its meaning."""

from dataclasses import dataclass
from typing import Literal

__all__ = ["Column", "SqlType"]

SqlType = Literal[
    "VARCHAR",
    "DECIMAL(38,12)",
    "DECIMAL(18,12)",
    "BIGINT",
    "DOUBLE",
    "BOOLEAN",
    "TIMESTAMP",
    "DATE",
]


@dataclass(frozen=True)
class Column:
    """One column of a fact table.

    Attributes:
        name: As in FOCUS for charges (with ``x_`` for ours); snake_case elsewhere.
        type: DuckDB type. ``TIMESTAMP`` is UTC, stored as an Iceberg ``timestamptz``.
        doc: Meaning and unit, one line.
        required: Whether every row must have a value.
    """

    name: str
    type: SqlType
    doc: str
    required: bool = False

"""The Parquet form of a Cloud Billing export, as BigQuery's EXTRACT writes it."""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from centavo.ledger.reading import InputFile
from centavo.sources.gcp.columns import (
    FIELDS,
    LIST_FIELDS,
    PARTITION_COLUMNS,
    RECORDS,
    Field,
    literal,
)

if TYPE_CHECKING:
    import duckdb

__all__ = [
    "ParquetColumns",
    "floating_costs",
    "has_records",
    "missing_parquet_columns",
    "parquet_columns",
    "parquet_relation",
    "unknown_parquet_columns",
]

# Column name to DuckDB type; the members of a record by their path: usage.amount.
ParquetColumns = dict[str, str]
_NO_TYPE = '"NULL"'


def parquet_columns(connection: "duckdb.DuckDBPyConnection", path: str) -> ParquetColumns:
    """Return the columns of a Parquet file and the members of its records, with their types.

    Without those that have no type, as pandas writes a column without any value: DuckDB cannot cast them.
    """
    rows: list[tuple[str, str]] = connection.execute(
        f"SELECT column_name, column_type FROM (DESCRIBE FROM read_parquet([{literal(path)}]))"
    ).fetchall()
    columns = dict(rows)
    for name, type_text in rows:
        if type_text.startswith("STRUCT(") and not type_text.endswith("[]"):
            members: list[tuple[str, str]] = connection.execute(
                "SELECT column_name, column_type FROM "
                f'(DESCRIBE SELECT unnest("{name}") FROM read_parquet([{literal(path)}]))'
            ).fetchall()
            columns |= {f"{name}.{member}": member_type for member, member_type in members}
    return {name: kind for name, kind in columns.items() if kind.rstrip("[]") != _NO_TYPE}


def parquet_relation(files: Sequence[InputFile], columns: ParquetColumns) -> str:
    """Return SQL that reads files of the same columns, every column as text."""
    paths = ", ".join(literal(str(file.path)) for file in files)
    batches = ", ".join(f"({literal(str(f.path))}, {literal(f.batch_id)})" for f in files)
    wanted = ",\n    ".join(f"{_text(field, columns)} AS {field.name}" for field in FIELDS)
    partition = next((name for name in PARTITION_COLUMNS if name in columns), None)
    partition_text = f'CAST("{partition}" AS VARCHAR)' if partition else "NULL::VARCHAR"
    return f"""
SELECT
    {wanted},
    {partition_text} AS partition_date,
    NULL::VARCHAR AS flat_credits_id,
    NULL::VARCHAR AS broken_json,
    NULL::VARCHAR[][] AS source_keys,
    batch_id
FROM read_parquet([{paths}], filename = true) AS lines
JOIN (VALUES {batches}) AS batches(path, batch_id) ON lines.filename = batches.path
"""


def missing_parquet_columns(columns: ParquetColumns) -> tuple[str, ...]:
    """Return the paths of the mandatory columns that the file lacks."""
    return tuple(field.path for field in FIELDS if field.required and field.path not in columns)


def unknown_parquet_columns(columns: ParquetColumns) -> tuple[str, ...]:
    """Return the columns and record members that this reading does not know."""
    known = {field.path for field in FIELDS} | {*RECORDS, *PARTITION_COLUMNS}
    known |= {f"{path}.list" for path in LIST_FIELDS}
    return tuple(name for name in columns if name not in known)


def has_records(columns: ParquetColumns) -> bool:
    """Say whether the file nests its records; a tool's flattened copy has only columns and lists."""
    return any(columns.get(record, "").startswith("STRUCT(") for record in RECORDS)


def floating_costs(columns: Iterable[tuple[str, str]]) -> bool:
    """Say whether the file holds costs as binary floating-point numbers."""
    return any(name == "cost" and kind in {"DOUBLE", "FLOAT"} for name, kind in columns)


def _text(field: Field, columns: ParquetColumns) -> str:
    if field.path not in columns:
        return "NULL::VARCHAR"
    path = ".".join(f'"{part}"' for part in field.path.split("."))
    if field.kind == "list":
        return _list_text(field, path, columns[field.path])
    # A double becomes its shortest decimal text, the one that reads back as the same double.
    return f"nullif(trim(CAST({path} AS VARCHAR)), '')"


def _list_text(field: Field, path: str, type_text: str) -> str:
    """Return SQL for a repeated record as JSON text, every member as a string."""
    if type_text == "VARCHAR":
        return f"nullif(nullif({path}, '[]'), '')"
    element = "e"
    if type_text.startswith("STRUCT(list "):  # the three-level list, not read as one
        path, element = f"{path}.list", "e.element"
    members = ", ".join(
        f"'{member}': CAST({element}.\"{member}\" AS VARCHAR)"
        for member in LIST_FIELDS[field.path]
        if re.search(rf'\b{member}"? (?!{_NO_TYPE})', type_text)
    )
    return (
        f"CASE WHEN len({path}) > 0 THEN CAST(to_json("
        f"list_transform({path}, lambda e: {{{members}}})) AS VARCHAR) END"
    )

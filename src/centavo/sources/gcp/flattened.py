"""The flattened form of a Cloud Billing export: records as JSON text, as columns, or as both.

A tool that flattens the export writes ``usage`` as JSON text and ``usage_amount``, ``usage_unit``
beside it. Where both stand, the JSON counts: a flattened repeated record holds one element of
many, and in Google's own sample its ``credits_id`` contradicts the JSON.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

from centavo.ledger.reading import InputFile
from centavo.sources.csv_diagnosis import MAX_LINE_BYTES, CsvHeader, ValueKind
from centavo.sources.gcp.columns import (
    FIELDS,
    LIST_FIELDS,
    NULL_TEXTS,
    PARTITION_COLUMNS,
    RECORDS,
    Field,
    flat,
    header_name,
    literal,
    members,
    quote_numbers,
)

__all__ = [
    "csv_kinds",
    "csv_relation",
    "flat_parquet_relation",
    "missing_columns",
    "required_columns",
    "unknown_columns",
]

# Members of a record that some tools flatten without the record's name. Of two lists of labels the
# header does not say which is the project's; see docs/sources/gcp.md.
_OTHER_NAMES: dict[str, str] = {
    "project_labels": "labels_1",
    "project_ancestry_numbers": "ancestry_numbers",
    "project_ancestors": "ancestors",
}
_KINDS: dict[str, ValueKind] = {"amount": "decimal", "instant": "instant"}


class _Header:
    """The columns of one file by their normal names."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._spelled: dict[str, str] = {}
        for column in columns:
            self._spelled.setdefault(header_name(column), column)

    def find(self, name: str) -> str | None:
        """Return the column as the file spells it, or ``None``."""
        return self._spelled.get(name.lower()) or self._spelled.get(_OTHER_NAMES.get(name, ""))

    def names(self) -> Iterable[tuple[str, str]]:
        """Return pairs of the normal name and the file's spelling."""
        return self._spelled.items()


def csv_relation(files: Sequence[InputFile], header: CsvHeader) -> str:
    """Return SQL that reads CSV files of one header, every column as text."""
    types = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header.columns)
    nulls = ", ".join(literal(text) for text in NULL_TEXTS)
    reader = f"""read_csv([{_paths(files)}], auto_detect = false, header = true, columns = {{{types}}},
        delim = {literal(header.delimiter)}, quote = '"', escape = '"', nullstr = [{nulls}],
        allow_quoted_nulls = true, compression = '{header.compression}',
        max_line_size = {MAX_LINE_BYTES}, filename = 'source_file')"""
    return _relation(files, header.columns, reader)


def flat_parquet_relation(files: Sequence[InputFile], columns: Mapping[str, str]) -> str:
    """Return SQL that reads Parquet files of the same columns, every column as text.

    Args:
        files: The files.
        columns: Their columns with their DuckDB types; a list among them is read as its JSON text.
    """
    nulls = ", ".join(literal(text) for text in NULL_TEXTS)
    values = ", ".join(_as_text(name, kind) for name, kind in columns.items())
    reader = f"""(
        SELECT CASE WHEN COLUMNS(* EXCLUDE source_file) NOT IN ({nulls})
            THEN COLUMNS(* EXCLUDE source_file) END, source_file
        FROM (
            SELECT {values}, source_file
            FROM read_parquet([{_paths(files)}], filename = 'source_file')))"""
    return _relation(files, tuple(columns), reader)


def _relation(files: Sequence[InputFile], names: Sequence[str], reader: str) -> str:
    found = _Header(names)
    batches = ", ".join(f"({literal(str(f.path))}, {literal(f.batch_id)})" for f in files)
    records = [name for name in RECORDS if found.find(name)]
    columns = ",\n    ".join(f"{_text(field, found)} AS {field.name}" for field in FIELDS)
    partition = next(filter(None, map(found.find, PARTITION_COLUMNS)), None)
    parsed = "".join(f",\n        {_parsed(name, found)} AS {_alias(name)}" for name in records)
    return f"""
SELECT
    {columns},
    {_column(partition)} AS partition_date,
    {_flat_credits_id(found)} AS flat_credits_id,
    {_broken_json(found)} AS broken_json,
    NULL::VARCHAR[][] AS source_keys,
    batch_id
FROM (
    SELECT *{parsed}
    FROM {reader}
) AS lines
JOIN (VALUES {batches}) AS batches(path, batch_id) ON lines.source_file = batches.path
"""


def required_columns(names: Sequence[str]) -> tuple[str, ...]:
    """Return the flattened columns that every row must fill, as the file spells them.

    A column whose value may stand in its record's JSON instead is not among them.
    """
    found = _Header(names)
    return tuple(
        column
        for field in FIELDS
        if field.required
        and (column := found.find(field.name)) is not None
        and not (field.record and found.find(field.record))
    )


def csv_kinds(names: Sequence[str]) -> Mapping[str, ValueKind]:
    """Return what the values of the file's columns must be, for the diagnosis of a bad one."""
    found = _Header(names)
    kinds: dict[str, ValueKind] = {}
    for field in FIELDS:
        column = found.find(field.name)
        if column is not None and field.kind in _KINDS:
            kinds[column] = _KINDS[field.kind]
        if column is not None and field.kind == "list":
            kinds[column] = "json"
    kinds |= {column: "json" for name in RECORDS if (column := found.find(name)) is not None}
    return kinds


def missing_columns(names: Sequence[str]) -> tuple[str, ...]:
    """Return the paths of the mandatory columns that stand nowhere in the header."""
    found = _Header(names)
    return tuple(
        field.path
        for field in FIELDS
        if field.required
        and found.find(field.name) is None
        and not (field.record and found.find(field.record))
    )


def unknown_columns(names: Sequence[str]) -> tuple[str, ...]:
    """Return the columns of the header that this reading does not know."""
    known = {field.name for field in FIELDS} | set(RECORDS) | set(PARTITION_COLUMNS)
    known |= set(_OTHER_NAMES.values())
    for path, parts in LIST_FIELDS.items():
        last = path.rpartition(".")[2]
        lists = {flat(path), last, _OTHER_NAMES.get(flat(path), last)}
        known |= lists | {f"{name}_{member}" for name in lists for member in parts}
    known = {name.lower() for name in known}
    return tuple(spelled for name, spelled in _Header(names).names() if name not in known)


def _text(field: Field, found: _Header) -> str:
    """Return SQL for one field: from its record's JSON where that has it, else its own column."""
    own = _list_column(field, found) if field.kind == "list" else _column(found.find(field.name))
    if field.record is None or found.find(field.record) is None:
        return own
    member = f'{_alias(field.record)}."{field.member}"'
    if field.kind == "list":
        return f"coalesce(nullif(nullif(CAST({member} AS VARCHAR), '[]'), 'null'), {own})"
    return f"coalesce(nullif(trim({member}), ''), {own})"


def _column(column: str | None) -> str:
    return "NULL::VARCHAR" if column is None else f"nullif(trim({_named(column)}), '')"


def _list_column(field: Field, found: _Header) -> str:
    column = found.find(field.name)
    if column is not None:
        text = _named(column)
        return f"nullif(CASE WHEN json_valid({text}) THEN {quote_numbers(text)} END, '[]')"
    names = [(m, found.find(f"{field.name}_{m}")) for m in LIST_FIELDS[field.path]]
    parts = ", ".join(f"'{m}': {_named(column)}" for m, column in names if column is not None)
    first = names[0][1]
    if first is None:
        return "NULL::VARCHAR"
    return f"CASE WHEN {_named(first)} IS NOT NULL THEN CAST(to_json([{{{parts}}}]) AS VARCHAR) END"


def _parsed(record: str, found: _Header) -> str:
    """Return SQL for a record's JSON text as a structure of texts."""
    text = _quoted(found.find(record) or record)
    structure = json.dumps(
        {field.member: "JSON" if field.kind == "list" else "VARCHAR" for field in members(record)}
    )
    return f"CASE WHEN json_valid({text}) THEN from_json({quote_numbers(text)}, '{structure}') END"


def _broken_json(found: _Header) -> str:
    """Return SQL that names the first column whose JSON text cannot be read."""
    lists = [field.name for field in FIELDS if field.kind == "list"]
    cases = "".join(
        f" WHEN NOT json_valid({_named(column)}) THEN {literal(column)}"
        for name in (*RECORDS, *lists)
        if (column := found.find(name)) is not None
    )
    return f"CASE{cases} END" if cases else "NULL::VARCHAR"


def _flat_credits_id(found: _Header) -> str:
    """Return SQL for the flattened credit's id where the JSON stands beside it."""
    return _column(found.find("credits_id")) if found.find("credits") else "NULL::VARCHAR"


def _paths(files: Sequence[InputFile]) -> str:
    return ", ".join(literal(str(file.path)) for file in files)


def _as_text(column: str, kind: str) -> str:
    name = _quoted(column)
    is_nested = kind.endswith("[]") or kind.startswith(("STRUCT(", "MAP("))
    return f"CAST({f'to_json({name})' if is_nested else name} AS VARCHAR) AS {name}"


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'


def _named(column: str) -> str:
    return f"lines.{_quoted(column)}"


def _alias(record: str) -> str:
    return f"json_{record}"

"""The nested JSON form of a Cloud Billing export: one record per line, or one array of records."""

import json
from collections.abc import Iterable, Sequence

from centavo.ledger.reading import InputFile
from centavo.sources.gcp.columns import (
    FIELDS,
    PARTITION_COLUMNS,
    RECORDS,
    Field,
    literal,
    members,
    quote_numbers,
)

__all__ = ["BYTE_ORDER_MARK", "MAX_RECORD_BYTES", "NO_RECORD", "jsonl_relation", "unknown_keys"]

# Records up to this size are read; larger ones end the reading with an error.
MAX_RECORD_BYTES = 32 * 1024 * 1024

BYTE_ORDER_MARK = b"\xef\xbb\xbf"

# What stands for a column where a line is not a JSON object.
NO_RECORD = "the record"

# The objects whose keys are compared with what is known: the record itself and its records.
_OBJECT_PATHS = ("$", *(f"$.{record}" for record in RECORDS))
_KNOWN_KEYS: tuple[frozenset[str], ...] = (
    frozenset({*(field.member for field in members(None)), *RECORDS, *PARTITION_COLUMNS}),
    *(frozenset(field.member for field in members(record)) for record in RECORDS),
)


def jsonl_relation(
    files: Sequence[InputFile],
    *,
    compression: str,
    is_array: bool,
    has_mark: bool = False,
    is_lenient: bool = False,
) -> str:
    """Return SQL that reads the files, every column as text.

    Args:
        files: Files of one compression and one layout.
        compression: ``gzip`` or ``none``.
        is_array: Whether each file is one JSON array instead of one record per line.
        has_mark: Whether each file of lines begins with a byte order mark.
        is_lenient: Whether a line that is not JSON is a record without values instead of an error.
    """
    reader = (
        _marked_lines(files, compression=compression)
        if has_mark
        else _objects(files, compression=compression, is_array=is_array, is_lenient=is_lenient)
    )
    batches = ", ".join(f"({literal(str(f.path))}, {literal(f.batch_id)})" for f in files)
    keys = ", ".join(literal(path) for path in _OBJECT_PATHS)
    columns = ",\n    ".join(f"{_member(field)} AS {field.name}" for field in FIELDS)
    partition = ", ".join(f'r."{name}"' for name in PARTITION_COLUMNS)
    return f"""
SELECT
    {columns},
    coalesce({partition}) AS partition_date,
    NULL::VARCHAR AS flat_credits_id,
    CASE WHEN is_record IS NOT TRUE THEN {literal(NO_RECORD)} END AS broken_json,
    source_keys,
    batch_id
FROM (
    SELECT
        from_json({quote_numbers("CAST(json AS VARCHAR)")}, {literal(_structure())}) AS r,
        CAST(json_keys(json, [{keys}]) AS VARCHAR[][]) AS source_keys,
        left(ltrim(CAST(json AS VARCHAR)), 1) = '{{' AS is_record,
        filename
    FROM {reader}
) AS lines
JOIN (VALUES {batches}) AS batches(path, batch_id) ON lines.filename = batches.path
"""


def _objects(
    files: Sequence[InputFile], *, compression: str, is_array: bool, is_lenient: bool
) -> str:
    layout = "array" if is_array else "newline_delimited"
    return f"""read_json_objects([{_paths(files)}], format = '{layout}',
        compression = '{compression}', filename = true,
        ignore_errors = {str(is_lenient and not is_array).lower()},
        maximum_object_size = {MAX_RECORD_BYTES})"""


def _marked_lines(files: Sequence[InputFile], *, compression: str) -> str:
    """Return SQL of the lines as JSON, without the mark, which DuckDB skips in CSV but not in JSON.

    No JSON text holds the byte that is named as the separator. A line that is not JSON is NULL.
    """
    return f"""(
        SELECT CASE WHEN json_valid(line) THEN line::JSON END AS json, filename
        FROM read_csv([{_paths(files)}], auto_detect = false, header = false,
            columns = {{'line': 'VARCHAR'}}, delim = '\x01', quote = '', escape = '',
            compression = '{compression}', filename = true, max_line_size = {MAX_RECORD_BYTES})
        WHERE trim(line) <> '')"""


def _paths(files: Sequence[InputFile]) -> str:
    return ", ".join(literal(str(file.path)) for file in files)


def unknown_keys(source_keys: Sequence[Sequence[str] | None] | None) -> Iterable[str]:
    """Yield the paths of the keys that this reading does not know.

    Args:
        source_keys: Column of that name in the relation: the keys of the record and its records.
    """
    for path, known, keys in zip(_OBJECT_PATHS, _KNOWN_KEYS, source_keys or (), strict=False):
        prefix = path.removeprefix("$").removeprefix(".")
        for key in keys or ():
            if key not in known:
                yield f"{prefix}.{key}" if prefix else key


def _structure() -> str:
    """Return the JSON structure that ``from_json`` reads a record into."""
    top: dict[str, object] = dict.fromkeys(PARTITION_COLUMNS, "VARCHAR")
    for field in members(None):
        top[field.member] = _leaf(field)
    for record in RECORDS:
        top[record] = {field.member: _leaf(field) for field in members(record)}
    return json.dumps(top)


def _leaf(field: Field) -> str:
    return "JSON" if field.kind == "list" else "VARCHAR"


def _member(field: Field) -> str:
    path = f'r."{field.record}"."{field.member}"' if field.record else f'r."{field.member}"'
    if field.kind != "list":
        return f"nullif(trim({path}), '')"
    # Some writers put a list into a string of JSON; an empty list says nothing.
    text = f"CAST({path} AS VARCHAR)"
    inner = f"json_extract_string({path}, '$')"
    return (
        f"CASE WHEN {text} IN ('[]', 'null', '\"\"') THEN NULL "
        f"WHEN left({text}, 1) = '\"' AND json_valid({inner}) THEN nullif({inner}, '[]') "
        f"ELSE {text} END"
    )

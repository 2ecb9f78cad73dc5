"""The quick way into a spend log of JSON lines: DuckDB reads the columns, Python only what repeats.

A log of millions of rows has some hundred combinations of key, team, tags and model. DuckDB reads
and flattens the rows on every core and finds the combinations; ``ContextTable`` reads each of them
once, as it does on the careful way; a join brings the two together.
"""

from collections import Counter
from collections.abc import Sequence
from importlib.resources import files as package_files
from typing import Any

import duckdb
import msgspec

from centavo.errors import InputError
from centavo.ledger.engine import sql_text
from centavo.ledger.reading import InputFile, QuickWay, Tally
from centavo.sources.arrow import arrow
from centavo.sources.litellm.columns import CONTEXT_TEXTS, TYPES, context_arrays
from centavo.sources.litellm.contexts import CONTEXT_NAMES, Context, ContextTable
from centavo.sources.litellm.events_sql import events_select
from centavo.sources.litellm.spend_log import SpendLog
from centavo.sources.record_values import is_list, text
from centavo.sources.scan_paths import path_literal
from centavo.sources.secrets import RedactionCount, redact

__all__ = ["QuickLines"]

_SQL = package_files("centavo.sources.litellm").joinpath("sql")
# Those of a row of its own, which only a mapping looks at.
_NAMES = CONTEXT_NAMES[: CONTEXT_NAMES.index("end_user")]
_SHOWN = ", ".join(f'"{name}"' for name in _NAMES)
_OWN_TEXTS = ("end_user", "session_id", "error_class")
# A shorter text holds no secret, and neither does an id that a machine made.
_SUSPECT = "length({0}) >= 12 AND NOT regexp_full_match({0}, '[-0-9a-fA-F]*')"


class QuickLines:
    """Reads files of rows line by line, of one reading without a mapping."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, files: Sequence[InputFile], tally: Tally
    ) -> None:
        self._connection = connection
        self._files = files
        self._tally = tally
        self._redactions = RedactionCount()
        self._contexts = f"litellm_contexts_{files[0].batch_id}"

    def way(self) -> QuickWay:
        """Return the quick way."""
        self._connection.execute(_SQL.joinpath("spend_log_macros.sql").read_text("utf-8"))
        batches = [
            f"({sql_text(str(file.path))}, {sql_text(file.batch_id)})" for file in self._files
        ]
        select = (
            _SQL.joinpath("spend_log_lines.sql")
            .read_text("utf-8")
            .format(
                paths=f"[{', '.join(path_literal(file) for file in self._files)}]",
                columns=f"{{{', '.join(_columns())}}}",
                batches=", ".join(batches),
            )
        )
        return QuickWay(select, self._finish)

    def _finish(self, rows: str) -> str:
        self._count_rows(rows)
        found = self._connection.execute(
            f"SELECT {_SHOWN}, count(*) FROM {rows} GROUP BY ALL"
        ).fetchall()
        table = ContextTable({})
        contexts = [table.read(_key(row[:-1])) for row in found]
        for context, row in zip(contexts, found, strict=True):
            for secret in context.secrets:
                self._redactions.redact(secret, rows=row[-1])
        self._connection.register(self._contexts, _context_table(found, contexts))
        self._count_refused(rows)
        clean = [f"{self._clean(rows, name)} AS {name}" for name in _OWN_TEXTS]
        given = ", ".join(clean + [name for name in TYPES if name not in _OWN_TEXTS])
        self._tally.warnings += self._redactions.warnings()
        return events_select(
            f"(SELECT {given} FROM {self._joined(rows)} WHERE not_a_model IS NULL)"
        )

    def _joined(self, rows: str) -> str:
        same = " AND ".join(
            f'lines."{name}" IS NOT DISTINCT FROM contexts."key_{name}"' for name in _NAMES
        )
        return f'{rows} AS lines JOIN "{self._contexts}" AS contexts ON {same}'

    def _count_rows(self, rows: str) -> None:
        counts: list[tuple[str, int]] = self._connection.execute(
            f"SELECT batch_id, count(*) FROM {rows} GROUP BY ALL"
        ).fetchall()
        self._tally.read.update(dict(counts))
        for file in self._files:
            if not self._tally.read[file.batch_id]:
                raise InputError(f"{file.name} holds no row", hint="Is it the right file?")

    def _count_refused(self, rows: str) -> None:
        refused: list[tuple[str, str, int]] = self._connection.execute(
            f"SELECT batch_id, not_a_model, count(*) FROM {self._joined(rows)} "
            "WHERE not_a_model IS NOT NULL GROUP BY ALL"
        ).fetchall()
        self._tally.skipped.update(
            Counter({(batch, reason): count for batch, reason, count in refused})
        )

    def _clean(self, rows: str, name: str) -> str:
        """Return SQL of a text of each row without secrets, which are counted."""
        found: list[tuple[str, int]] = self._connection.execute(
            f"SELECT {name}, count(*) FROM {rows} WHERE {_SUSPECT.format(name)} GROUP BY ALL"
        ).fetchall()
        clean = {
            stated: self._redactions.redact(stated, rows=rows_of)
            for stated, rows_of in found
            if redact(stated)[1]
        }
        if not clean:
            return name
        pairs = " ".join(
            f"WHEN {sql_text(stated)} THEN {sql_text(done)}" for stated, done in clean.items()
        )
        return f"CASE {name} {pairs} ELSE {name} END"


def _key(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a combination as ``ContextTable`` knows it: tags decoded."""
    values = dict(zip(_NAMES, row, strict=True))
    tags = values["request_tags"] and msgspec.json.decode(values["request_tags"])
    values["request_tags"] = (
        tuple(told for tag in tags if (told := text(tag)) is not None) if is_list(tags) else None
    )
    return tuple(values.values())


def _context_table(found: Sequence[tuple[Any, ...]], contexts: Sequence[Context]) -> Any:  # noqa: ANN401 -- a pyarrow.Table
    pa = arrow()
    columns = {
        f"key_{name}": pa.array(values, pa.string())
        for name, values in zip(_NAMES, zip(*found, strict=True), strict=False)
    }
    columns["not_a_model"] = pa.array(
        [context.call.not_a_model for context in contexts], pa.string()
    )
    arrays = context_arrays(contexts)
    unsaid = {
        name: pa.nulls(len(contexts), pa.string()) for name in CONTEXT_TEXTS if name not in arrays
    }
    return pa.table({**columns, **arrays, **unsaid})


def _columns() -> list[str]:
    """Return the columns of a line, as DuckDB's reader of JSON takes them."""
    info = msgspec.inspect.type_info(SpendLog)
    assert isinstance(info, msgspec.inspect.StructType)
    return [
        f"{field.encode_name}: '{_duckdb_type(field.type)}'"
        for field in info.fields
        if field.name != "model_id"
    ]


def _duckdb_type(kind: msgspec.inspect.Type) -> str:
    kinds = kind.types if isinstance(kind, msgspec.inspect.UnionType) else (kind,)
    for each in kinds:
        if isinstance(each, msgspec.inspect.StructType):
            inner = (f"{field.encode_name} {_duckdb_type(field.type)}" for field in each.fields)
            return f"STRUCT({', '.join(inner)})"
        if isinstance(each, msgspec.inspect.DictType | msgspec.inspect.VarTupleType):
            return "JSON"
        if isinstance(each, msgspec.inspect.IntType):
            return "DOUBLE"
    return "VARCHAR"

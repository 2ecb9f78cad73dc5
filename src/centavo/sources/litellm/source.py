"""LiteLLM's spend logs: exports of the table LiteLLM_SpendLogs, and what ``centavo fetch`` spools."""

from collections.abc import Iterator, Sequence
from typing import Any

import duckdb

from centavo.errors import InputError
from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.sources.column_batches import register_columns
from centavo.sources.json_records import opened
from centavo.sources.litellm.columns import TYPES, ColumnBuilder
from centavo.sources.litellm.events_sql import events_select
from centavo.sources.litellm.quick_lines import QuickLines
from centavo.sources.litellm.rows import RowFile
from centavo.sources.litellm.spend_log import SpendLog, plain
from centavo.sources.secrets import RedactionCount
from centavo.sources.source import Probe, ReadOptions, Recognition, refuse_empty
from centavo.sources.table_rows import record_names

__all__ = ["LiteLlmSource"]

# Columns without which a file is not taken for a spend log.
_HALLMARKS = tuple(map(plain, ("request_id", "call_type", "spend", "startTime")))
_ALL = frozenset(
    map(plain, (*SpendLog.__struct_encode_fields__, "api_base", "messages", "response"))
)


class LiteLlmSource:
    """Reads spend logs, as CSV, JSON lines, a JSON array or pages of the proxy's API, into events."""

    name = "litellm"
    table: TableName = "usage_events"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the columns or keys are those of the table, and why."""
        seen = {plain(name) for name in record_names(probe)}
        if not all(mark in seen for mark in _HALLMARKS):
            return None
        return Recognition(
            0.97,
            f"it has {len(seen & _ALL)} columns of LiteLLM_SpendLogs, with call_type and spend",
        )

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each call of a model.

        Raises:
            InputError: A file is empty.
        """
        refuse_empty(files)
        tally = Tally()
        name = f"litellm_rows_{files[0].batch_id}"
        batches = _batches(files, tally, options)
        explain = register_columns(connection, name, types=TYPES, batches=batches)
        quick = None
        if not options.mapping and all(_is_lines(file) for file in files):
            quick = QuickLines(connection, files, tally).way()
        select = events_select(f'"{name}"')
        return Reading(self.table, select, tally, explain, quick=quick)


def _is_lines(file: InputFile) -> bool:
    """Return whether the file begins as a row on a line of its own would."""
    with opened(file.path, file.name) as stream:
        return stream.beginning.lstrip().startswith(b"{")


def _batches(
    files: Sequence[InputFile], tally: Tally, options: ReadOptions
) -> Iterator[dict[str, Any]]:
    """Yield columns of a few thousand rows each, counting as they are drawn."""
    redactions = RedactionCount()
    builder = ColumnBuilder(tally, mapping=options.mapping, redactions=redactions)
    for file in files:
        rows = RowFile(file, tally, builder=builder, skip_bad=options.skip_bad)
        for fields in rows.groups():
            columns = builder.columns(fields, batch_id=file.batch_id)
            if columns is not None:
                yield columns
        if not tally.read[file.batch_id]:
            raise InputError(f"{file.name} holds no row", hint="Is it the right file?")
    tally.warnings += redactions.warnings()

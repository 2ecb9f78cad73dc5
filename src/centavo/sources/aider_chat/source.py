"""Aider's chats: one usage event for each message, from transcripts and tables of their lines."""

import codecs
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import PurePath

import duckdb

from centavo.errors import BadValueError, InputError
from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.sources.aider_chat.sent import SentMessage, SentMessages
from centavo.sources.aider_chat.transcript import CHAT, USAGE, transcript_messages
from centavo.sources.aider_chat.usage_table import is_usage_table, table_messages
from centavo.sources.csv_diagnosis import read_header
from centavo.sources.event_batches import Row, event_reading
from centavo.sources.json_records import ByteStream, opened
from centavo.sources.record_values import RecordError, located
from centavo.sources.requests.scope import ScopeReader
from centavo.sources.requests.tally import OddRecords
from centavo.sources.source import Probe, ReadOptions, Recognition, refuse_empty
from centavo.sources.work_folders import project_of

__all__ = ["AiderChatSource"]

_HISTORY = ".aider.chat.history.md"
_DUPLICATE = "message that another file of this reading tells too"
_Found = tuple[int, SentMessage | RecordError | BadValueError]


class AiderChatSource:
    """Reads aider's chat transcripts and tables of their usage lines."""

    name = "aider-chat"
    table: TableName = "usage_events"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the file is a transcript of aider or a table of its usage lines, and why."""
        if is_usage_table(probe.columns):
            return Recognition(0.93, "its header is that of aider's usage lines")
        if CHAT.search(probe.head):
            return Recognition(0.95, "it begins like a chat transcript of aider")
        if ".md" in probe.suffixes and USAGE.search(probe.head):
            return Recognition(0.8, "it holds usage lines of aider")
        return None

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each usage line.

        Raises:
            InputError: A file is empty.
            ConfigError: The mapping names no scope column.
        """
        refuse_empty(files)
        ScopeReader(options.mapping)
        tally = Tally()
        rows = _rows(files, tally, skip_bad=options.skip_bad)
        name = f"aider-chat_{files[0].batch_id}"
        return event_reading(connection, name=name, rows=rows, tally=tally)


def _rows(files: Sequence[InputFile], tally: Tally, *, skip_bad: bool) -> Iterator[Row]:
    messages = SentMessages()
    no_zone = OddRecords("times_without_zone", "state a time without zone, read as UTC")
    no_time = OddRecords(
        "time_not_stated", "state no time and carry the time of their file instead"
    )
    for file in files:
        here = messages.rows_of_file()
        changed_at = datetime.fromtimestamp(file.path.stat().st_mtime, tz=UTC).replace(tzinfo=None)
        project = _project(file)
        for line, found in _found(file):
            tally.read[file.batch_id] += 1
            if not isinstance(found, SentMessage):
                if not skip_bad:
                    raise located(found, file=file.name, line=line)
                tally.skipped[file.batch_id, "malformed record"] += 1
                continue
            row = here.row(found, batch_id=file.batch_id, changed_at=changed_at)
            if row is None:
                tally.skipped[file.batch_id, _DUPLICATE] += 1
                continue
            (no_zone if found.chat_started_at else no_time).note(f"{file.name}, line {line}")
            yield {**row, "project": project}
    if not any(tally.read.values()):
        raise InputError(
            f"{files[0].name} holds no usage line",
            hint="Aider writes one after each answer, unless the model states no usage.",
        )
    tally.warnings += [odd.warning() for odd in (no_zone, no_time) if odd.count]


def _found(file: InputFile) -> Iterator[_Found]:
    with opened(file.path, file.name) as stream:
        is_table = CHAT.search(stream.beginning.decode(errors="replace")) is None
    if is_table and is_usage_table(tuple(read_header(file.path, name=file.name).columns)):
        yield from table_messages(file.path, name=file.name)
        return
    with opened(file.path, file.name) as stream:
        yield from transcript_messages(_lines(stream), task=_task(file))


def _lines(stream: ByteStream) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    rest = ""
    while data := stream.read():
        *lines, rest = (rest + decoder.decode(data)).split("\n")
        yield from lines
    yield rest


def _is_history(file: InputFile) -> bool:
    return PurePath(file.name).name.startswith(_HISTORY)


def _project(file: InputFile) -> str | None:
    """Return the folder that a transcript lies in under its own name: that of the repository."""
    return project_of(str(file.path.absolute().parent)) if _is_history(file) else None


def _task(file: InputFile) -> str | None:
    name = PurePath(file.name).name
    return None if _is_history(file) else name.partition(".md")[0] or None

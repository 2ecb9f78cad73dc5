"""The loop of sources that turn JSON records into usage events: counts, skips, and names places."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import PurePath

from centavo.errors import BadValueError, InputError
from centavo.ledger.reading import InputFile, Tally
from centavo.sources.event_batches import Row
from centavo.sources.json_records import JsonText, decode_json, json_texts, opened
from centavo.sources.record_values import JsonObject, RecordError, is_object, located

__all__ = ["MALFORMED", "Outcome", "record_rows"]

MALFORMED = "malformed record"
_JSON_LINES = (".jsonl", ".ndjson")

# A row, or the reason why a call (or a record without a call) became none.
Outcome = Row | str


def record_rows(
    files: Sequence[InputFile],
    tally: Tally,
    *,
    outcomes: Callable[[InputFile, JsonObject], Iterator[Outcome]],
    skip_bad: bool,
) -> Iterator[Row]:
    """Yield the rows of every record of the files, and fill the tally while they are drawn.

    Args:
        files: JSON lines, an array, or records that spread over lines; plain, gzip or zstd.
        tally: Counts every outcome as read, and every reason as skipped.
        outcomes: What one record holds: at least one row or reason.
        skip_bad: Whether a malformed record is counted and skipped instead of ending the reading.

    Raises:
        InputError: A file is empty, damaged or holds no record.
        BadValueError: A record is malformed, and bad ones are not to be skipped.
    """
    for file in files:
        with opened(file.path, file.name) as stream:
            one_per_line = any(suffix in _JSON_LINES for suffix in PurePath(file.name).suffixes)
            for data in json_texts(stream, one_per_line=one_per_line):
                found: list[Outcome]
                try:
                    # The whole record first: half of a malformed one is not written.
                    found = list(outcomes(file, _record(data, file)))
                except (RecordError, BadValueError) as error:
                    if not skip_bad:
                        raise located(error, file=file.name, line=data.line) from None
                    found = [MALFORMED]
                yield from _counted(found, file, tally)
        if not tally.read[file.batch_id]:
            raise InputError(f"{file.name} holds no record", hint="Is it the right file?")


def _record(data: JsonText, file: InputFile) -> JsonObject:
    record = decode_json(data, name=file.name)
    if not is_object(record):
        raise RecordError("the record", "is not a JSON object", record)
    return record


def _counted(found: list[Outcome], file: InputFile, tally: Tally) -> Iterator[Row]:
    tally.read[file.batch_id] += len(found)
    for outcome in found:
        if isinstance(outcome, str):
            tally.skipped[file.batch_id, outcome] += 1
        else:
            yield outcome

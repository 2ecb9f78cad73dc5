"""The loop of sources whose logs are tables: CSV with a header, or JSON objects of the same names."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from centavo.errors import BadValueError, InputError
from centavo.ledger.reading import InputFile, Tally
from centavo.sources.csv_records import csv_records
from centavo.sources.event_batches import Row
from centavo.sources.json_records import opened, top_level_keys
from centavo.sources.record_rows import MALFORMED, Outcome, record_rows
from centavo.sources.record_values import JsonObject, RecordError, as_list, is_object, located
from centavo.sources.source import Probe

__all__ = ["column_key", "named_columns", "record_names", "table_rows"]

# What writers of CSV put where there is no value.
_NULLS = frozenset(("", "NULL", "null", "None", "undefined", "NaN"))


def column_key(name: str) -> str:
    """Return a column's name without case, underscores and spaces, as tools differ in those.

    >>> column_key("request_created_at") == column_key("Request Created At")
    True
    """
    return "".join(letter for letter in name.lower() if letter.isalnum())


def record_names(probe: Probe) -> tuple[str, ...]:
    """Return the columns of a table, or the keys of its first record in JSON: a line, an array or an API page."""
    head = probe.head.removeprefix("\ufeff").lstrip()
    if probe.columns or not head.startswith(("{", "[")):
        return probe.columns
    names = top_level_keys(head)
    if "data" in names:
        _, _, page = head.partition('"data"')
        names = top_level_keys(page.lstrip(": \n\r\t"))
    return tuple(names)


def named_columns(record: Mapping[str, object]) -> dict[str, object]:
    """Return a record by the keys of its columns, without what says nothing."""
    return {
        column_key(name): value
        for name, value in record.items()
        if value is not None and not (isinstance(value, str) and value.strip() in _NULLS)
    }


def table_rows(
    files: Sequence[InputFile],
    tally: Tally,
    *,
    outcome: Callable[[InputFile, JsonObject], Outcome],
    skip_bad: bool,
) -> Iterator[Row]:
    """Yield the row of every record of the files, and fill the tally while they are drawn.

    Args:
        files: CSV; or JSON lines, an array, or API pages that hold their records under ``data``.
        tally: Counts every record as read, and every reason as skipped.
        outcome: The row of one record, or the reason why it has none.
        skip_bad: Whether a malformed record is counted and skipped instead of ending the reading.

    Raises:
        InputError: A file is empty, damaged or holds no record.
        BadValueError: A record is malformed, and bad ones are not to be skipped.
    """

    def of_page(file: InputFile, record: JsonObject) -> Iterator[Outcome]:
        data = record.get("data")
        inner = [data] if is_object(data) else as_list(data)
        for each in inner if "data" in record else [record]:
            if not is_object(each):
                raise RecordError("data", "holds what is no JSON object", each)
            yield outcome(file, each)

    for file in files:
        with opened(file.path, file.name) as stream:
            is_json = stream.beginning.lstrip().startswith((b"{", b"["))
        if is_json:
            yield from record_rows([file], tally, outcomes=of_page, skip_bad=skip_bad)
        else:
            yield from _csv_rows(file, tally, outcome=outcome, skip_bad=skip_bad)


def _csv_rows(
    file: InputFile,
    tally: Tally,
    *,
    outcome: Callable[[InputFile, JsonObject], Outcome],
    skip_bad: bool,
) -> Iterator[Row]:
    for line, record in csv_records(file.path, name=file.name):
        tally.read[file.batch_id] += 1
        try:
            found = _checked_outcome(file, record, outcome)
        except (RecordError, BadValueError) as error:
            if not skip_bad:
                raise located(error, file=file.name, line=line) from None
            found = MALFORMED
        if isinstance(found, str):
            tally.skipped[file.batch_id, found] += 1
        else:
            yield found
    if not tally.read[file.batch_id]:
        raise InputError(f"{file.name} holds no record", hint="Is it the right file?")


def _checked_outcome(
    file: InputFile,
    record: dict[str, str] | BadValueError,
    outcome: Callable[[InputFile, JsonObject], Outcome],
) -> Outcome:
    if isinstance(record, BadValueError):
        raise record
    return outcome(file, record)

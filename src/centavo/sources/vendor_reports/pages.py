"""The lines of recorded report pages: what stands where, in which bucket of time.

A page is what one GET of a vendor's organization API answered::

    OpenAI      {"object": "page", "data": [{"start_time": 1, "end_time": 2, "results": [{…}]}],
                 "has_more": false, "next_page": null}
    Anthropic   {"data": [{"starting_at": "…Z", "ending_at": "…Z", "results": [{…}]}], …}
    Claude Code {"data": [{"date": "…Z", "actor": {…}, …}], …}     (no buckets: a line a day)

A file holds one page, an array of pages, pages one a line, or buckets without their pages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from centavo.ledger.reading import InputFile
from centavo.sources.json_records import JsonText, decode_json
from centavo.sources.record_values import (
    JsonObject,
    RecordError,
    as_object,
    instant,
    is_list,
    is_object,
    text,
)

__all__ = ["Bucket", "Page", "ReportLine", "read_page"]

_ORGANIZATION = ("organization_id", "organization")
_START = ("start_time", "starting_at", "start_time_iso")
_END = ("end_time", "ending_at", "end_time_iso")
_DAY = timedelta(days=1)


@dataclass(frozen=True, order=True)
class Bucket:
    """An interval that a report sums over; naive UTC, the end excluded."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One result of one bucket.

    Attributes:
        file: The file that it stands in.
        line: 1-based line on which its page begins.
        place: Where in the file: ``page 2, data[0].results[3]``.
        occurrence: Page and bucket, counted over the reading: lines of one occurrence belong
            together, and a later occurrence of the same bucket restates it.
        bucket: Its interval.
        organization: As the page or the line states it.
        record: The result itself, fractions as ``Decimal``.
    """

    file: InputFile
    line: int
    place: str
    occurrence: tuple[int, int]
    bucket: Bucket
    organization: str | None
    record: JsonObject


@dataclass(frozen=True)
class Page:
    """One page of one file.

    Attributes:
        file: The file.
        number: 1-based position in the file.
        line: 1-based line on which it begins.
        buckets: (bucket, place, its results) in the page's order.
        organization: As the page states it.
        has_more: Whether the page says that others follow.
    """

    file: InputFile
    number: int
    line: int
    buckets: tuple[tuple[Bucket, str, list[object]], ...]
    organization: str | None
    has_more: bool

    def lines(self, sequence: int) -> Iterator[ReportLine | RecordError]:
        """Yield the page's results, or what is wrong with one; ``sequence`` counts pages read."""
        for position, (bucket, place, results) in enumerate(self.buckets):
            for index, record in enumerate(results):
                where = f"{place}[{index}]" if place.endswith("results") else place
                if not is_object(record):
                    yield RecordError(where, "is not a JSON object", record)
                    continue
                yield ReportLine(
                    file=self.file,
                    line=self.line,
                    place=where,
                    occurrence=(sequence, position),
                    bucket=bucket,
                    organization=_organization(record) or self.organization,
                    record=record,
                )


def read_page(data: JsonText, file: InputFile, *, number: int) -> Page:
    """Return the page, its buckets and their intervals checked.

    Raises:
        BadValueError: Not JSON: cut off, or damaged.
        RecordError: Not a page, or one whose shape is not known; names page and key.
    """
    place = f"page {number}"
    record = decode_json(data, name=file.name, exact=True)
    if not is_object(record):
        raise RecordError(place, "is not a JSON object", record)
    if "results" in record:
        buckets = (_bucket(record, place),)
    else:
        items = _items(record, place)
        buckets = tuple(_bucket(item, f"{place}, data[{i}]") for i, item in enumerate(items))
    return Page(
        file=file,
        number=number,
        line=data.line,
        buckets=buckets,
        organization=_organization(record),
        has_more=record.get("has_more") is True,
    )


def _items(record: JsonObject, place: str) -> list[object]:
    if "error" in record:
        said = text(as_object(record["error"]).get("message")) or record["error"]
        raise RecordError(f"{place}, error", "stands where a page should be", said)
    if "data" not in record:
        raise RecordError(f"{place}, data", "is missing; the page has the keys", sorted(record))
    items = record["data"]
    if not is_list(items):
        raise RecordError(f"{place}, data", "is not an array", items)
    return items


def _bucket(item: object, place: str) -> tuple[Bucket, str, list[object]]:
    if not is_object(item):
        raise RecordError(place, "is not a JSON object", item)
    if "results" not in item and "date" in item:
        day = _instant(item, ("date",), place)
        return Bucket(day, day + _DAY), place, [item]
    results = item.get("results", item.get("result"))
    if not is_list(results):
        problem = "is not an array" if results is not None else "is missing"
        raise RecordError(f"{place}.results", problem, results)
    bucket = Bucket(_instant(item, _START, place), _instant(item, _END, place))
    if bucket.end <= bucket.start:
        raise RecordError(f"{place}.{_key(item, _END)}", "is not after the start", item)
    return bucket, f"{place}.results", results


def _instant(item: JsonObject, keys: tuple[str, ...], place: str) -> datetime:
    key = _key(item, keys)
    found = instant(item.get(key), f"{place}.{key}")
    if found is None:
        raise RecordError(f"{place}.{key}", "is missing", item.get(key))
    return found[0]


def _key(item: JsonObject, keys: tuple[str, ...]) -> str:
    return next((key for key in keys if item.get(key) is not None), keys[0])


def _organization(record: JsonObject) -> str | None:
    return next((found for key in _ORGANIZATION if (found := text(record.get(key)))), None)

"""Recorded pages of vendor reports as sources: one for each report, all read the same way."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import PurePath

import duckdb

from centavo.errors import BadValueError, InputError
from centavo.ledger.reading import InputFile, QualityWarning, Reading, Tally
from centavo.ledger.schema import TABLES, TableName
from centavo.sources.column_batches import Columns, register_columns
from centavo.sources.json_records import json_texts, opened
from centavo.sources.record_values import RecordError, at_path, located
from centavo.sources.requests.bodies import content_hash
from centavo.sources.source import Probe, ReadOptions, Recognition
from centavo.sources.vendor_reports.coverage import Coverage
from centavo.sources.vendor_reports.pages import ReportLine, read_page
from centavo.sources.vendor_reports.report import LineNotes, NotRead, Report, TableRow

__all__ = ["VendorReportSource"]

_BATCH_ROWS = 2_000
_JSON_LINES = (".jsonl", ".ndjson")
_MALFORMED_PAGE = "malformed page"
_MALFORMED_LINE = "malformed result"
_REPEATED = "repeated by a later page"
_RESTATED = "restated by a later page"


@dataclass(frozen=True)
class VendorReportSource:
    """Reads recorded pages of one vendor report."""

    report: Report

    @property
    def name(self) -> str:
        """Name of the report's source."""
        return self.report.name

    @property
    def table(self) -> TableName:
        """Fact table of the report's rows."""
        return self.report.table

    @property
    def version(self) -> int:
        """Raised when the same pages would be read into different rows."""
        return 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say whether the file holds pages of the report, and why."""
        head = probe.head.lstrip()
        reason = self.report.hallmark(probe) if head.startswith(("{", "[")) else None
        return Recognition(0.95, reason) if reason else None

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Answer with one row for each result of the files' pages.

        A result of a bucket that a later page tells again takes the earlier one's place. All
        results are held in memory until the last page is read; a report has a few per day, project
        and model.
        """
        tally = Tally()
        reading = _ReportReading(self.report, tally, skip_bad=options.skip_bad)
        name = f"{self.report.name}_{files[0].batch_id}"
        explain = register_columns(
            connection,
            name,
            types=_types(self.report),
            batches=_batches(reading.rows(files), self.report.columns),
        )
        return Reading(self.report.table, f'SELECT * FROM "{name}"', tally, explain)


def _types(report: Report) -> dict[str, str]:
    sql_types = {column.name: column.type for column in TABLES[report.table]}
    return {name: sql_types[name] for name in report.columns}


def _batches(rows: Iterator[TableRow], columns: Sequence[str]) -> Iterator[Columns]:
    while batch := list(islice(rows, _BATCH_ROWS)):
        yield {name: [row.get(name) for row in batch] for name in columns}


@dataclass
class _ReportReading:
    report: Report
    tally: Tally
    skip_bad: bool
    coverage: Coverage = field(default_factory=Coverage)
    notes: LineNotes = field(default_factory=LineNotes)
    pages: int = 0

    def rows(self, files: Sequence[InputFile]) -> Iterator[TableRow]:
        """Yield the rows of all files; the tally is complete afterwards."""
        told: defaultdict[str, list[ReportLine]] = defaultdict(list)
        for file in files:
            before = self.pages
            for line in self._lines(file):
                self._keep(line, told)
            if self.pages == before and not self.skip_bad:
                raise InputError(f"{file.name} holds no page", hint="Is it the right file?")
        for identity, lines in told.items():
            for count, line in enumerate(lines, start=1):
                yield from self._row(line, identity if count == 1 else f"{identity}#{count}")
        self.tally.warnings += [*self.coverage.warnings(self.report.name), *self._notices()]

    def _lines(self, file: InputFile) -> Iterator[ReportLine]:
        one_per_line = any(suffix in _JSON_LINES for suffix in PurePath(file.name).suffixes)
        kind = ""
        with opened(file.path, file.name) as stream:
            for number, data in enumerate(json_texts(stream, one_per_line=one_per_line), start=1):
                self.pages += 1
                try:
                    page = read_page(data, file, number=number)
                except (RecordError, BadValueError) as error:
                    self._refuse(error, file, line=data.line, reason=_MALFORMED_PAGE)
                    continue
                for line in page.lines(self.pages):
                    self.tally.read[file.batch_id] += 1
                    if isinstance(line, RecordError):
                        self._skip_bad(line, file, line=data.line, reason=_MALFORMED_LINE)
                        continue
                    kind = self.report.kind(line.record)
                    yield line
                self.coverage.add_page(page, kind=kind)

    def _keep(self, line: ReportLine, told: "defaultdict[str, list[ReportLine]]") -> None:
        kind = self.report.kind(line.record)
        values = {key: at_path(line.record, key) for key in self.report.dimensions}
        stated = {key: value for key, value in values.items() if value is not None}
        self.coverage.add_line(line, kind=kind, stated=frozenset(stated))
        bucket = (line.bucket.start, line.bucket.end)
        identity = content_hash([line.organization, kind, bucket, stated], digits=32)
        earlier = told[identity]
        if earlier and earlier[0].occurrence != line.occurrence:
            for old in earlier:
                reason = _REPEATED if old.record == line.record else _RESTATED
                self.tally.skipped[old.file.batch_id, reason] += 1
            earlier.clear()
        earlier.append(line)

    def _row(self, line: ReportLine, identity: str) -> Iterator[TableRow]:
        batch = line.file.batch_id
        try:
            rows = list(self.report.rows(line, identity, self.notes))
        except NotRead as reason:
            self.tally.skipped[batch, str(reason)] += 1
            return
        except RecordError as error:
            named = RecordError(f"{line.place}.{error.column}", error.problem, error.value)
            self._skip_bad(named, line.file, line=line.line, reason=_MALFORMED_LINE)
            return
        self.notes.unknown_keys.update(line.record.keys() - self.report.known)
        # The ledger counts a line as read once; a line of several rows is several records.
        self.tally.read[batch] += len(rows) - 1
        yield from rows

    def _refuse(
        self, error: RecordError | BadValueError, file: InputFile, *, line: int, reason: str
    ) -> None:
        self.tally.read[file.batch_id] += 1
        self._skip_bad(error, file, line=line, reason=reason)

    def _skip_bad(
        self, error: RecordError | BadValueError, file: InputFile, *, line: int, reason: str
    ) -> None:
        if not self.skip_bad:
            raise located(error, file=file.name, line=line) from None
        self.tally.skipped[file.batch_id, reason] += 1

    def _notices(self) -> Iterator[QualityWarning]:
        if keys := self.notes.unknown_keys:
            yield QualityWarning(
                "unknown_columns",
                f"keys of {self.report.name} that are not read: {', '.join(sorted(keys))}",
                max(keys.values()),
            )
        if self.notes.rounded:
            yield QualityWarning(
                "decimals_rounded",
                f"{self.notes.rounded} amounts of {self.report.name} have more than 12 decimals "
                "and were rounded to 12",
                self.notes.rounded,
            )
        yield from self.notes.redacted.warnings()
        if texts := self.notes.not_understood:
            example, _ = texts.most_common(1)[0]
            yield QualityWarning(
                "line_item_not_understood",
                f"{sum(texts.values())} lines of {self.report.name} are named in words that are "
                f"not known, such as {example!r}: the cost counts, model or token class may be "
                "unknown",
                sum(texts.values()),
            )

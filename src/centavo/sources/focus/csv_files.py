"""FOCUS files as CSV, plain or gzip: one scan for all files with the same header."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import duckdb

from centavo.errors import BadValueError, InputError
from centavo.ledger.reading import InputFile, QualityWarning, Tally
from centavo.sources.csv_diagnosis import (
    NULL_TEXTS,
    CsvHeader,
    ValueKind,
    diagnose,
    first_records,
    good_records,
    read_header,
)
from centavo.sources.focus.mapping import (
    REQUIRED,
    FocusLayout,
    csv_types,
    kind_of,
    lay_out,
    quoted,
    select,
)
from centavo.sources.scan_paths import path_literal
from centavo.sources.text_rows import register_text_rows

__all__ = ["CsvGroup", "csv_groups", "csv_warnings", "find_problem"]

_SAMPLED_RECORDS = 200
_ZONE = re.compile(r"(Z|UTC|:\d{2}(\.\d+)?\s?[+-]\d{1,2}(:?\d{2})?)$")


@dataclass(frozen=True)
class CsvGroup:
    """Files that one scan reads, because their headers are the same."""

    header: CsvHeader
    layout: FocusLayout
    files: tuple[InputFile, ...]

    def strict_select(self, *, buffer_bytes: int | None = None) -> str:
        """Return the SELECT over all files; a malformed record raises a DuckDB error.

        Args:
            buffer_bytes: How much is unpacked at a time, at least the 2 MB of the longest line;
                ``None`` for DuckDB's own 32 MB.
        """
        references = self._references()
        types = csv_types(self.layout, references)
        columns = ", ".join(
            f"{reference}: '{kind}'" for reference, kind in zip(references, types, strict=True)
        )
        paths = ", ".join(path_literal(file) for file in self.files)
        scan = (
            f"read_csv([{paths}], columns = {{{columns}}}, header = true, auto_detect = false,"
            f" delim = {quoted(self.header.delimiter)}, quote = '\"', escape = '\"',"
            f" nullstr = [{', '.join(quoted(text) for text in NULL_TEXTS)}],"
            f" compression = '{self.header.compression}'"
        )
        if buffer_bytes is not None:
            scan += f", buffer_size = {buffer_bytes}"
        if len(self.files) == 1:
            relation, batch = f"{scan})", quoted(self.files[0].batch_id)
        else:
            pairs = ", ".join(
                f"({quoted(str(file.path))}, {quoted(file.batch_id)})" for file in self.files
            )
            relation = (
                f"{scan}, filename = 'focus_file') JOIN (VALUES {pairs})"
                " AS focus_batch(focus_path, focus_batch_id) ON focus_file = focus_path"
            )
            batch = "focus_batch_id"
        return select(self.layout, relation=relation, batch=batch, references=references)

    def tolerant_selects(self, connection: duckdb.DuckDBPyConnection, tally: Tally) -> list[str]:
        """Return one SELECT per file over its good records; the others are counted by reason.

        Python reads the records, about a hundred times slower than DuckDB does.
        """
        selects: list[str] = []
        for file in self.files:
            relation = f"focus_good_{file.batch_id}"
            references = self._references()
            register_text_rows(
                connection, self._good_rows(file, tally), relation=relation, columns=references
            )
            selects.append(
                select(
                    self.layout,
                    relation=relation,
                    batch=quoted(file.batch_id),
                    references=references,
                )
            )
        return selects

    def kinds(self) -> dict[str, ValueKind]:
        """Return what the values of each column that is read must be, by the file's own name."""
        return {
            self.header.columns[position]: kind_of(ledger_name)
            for ledger_name, positions in self.layout.sources.items()
            for position in positions
        }

    def required(self) -> list[str]:
        """Return the columns that must have a value, by the file's own names."""
        return [self.header.columns[self.layout.sources[name][0]] for name in REQUIRED]

    def _references(self) -> list[str]:
        return [f"c{position}" for position in range(len(self.header.columns))]

    def _good_rows(self, file: InputFile, tally: Tally) -> Iterator[list[str | None]]:
        def skip(problem: BadValueError) -> None:
            tally.read[file.batch_id] += 1
            tally.skipped[file.batch_id, f"{problem.column} {problem.problem}"] += 1

        for row in good_records(
            file.path,
            name=file.name,
            kinds=self.kinds(),
            required=self.required(),
            on_bad=skip,
        ):
            tally.read[file.batch_id] += 1
            yield row


def csv_groups(files: Iterable[InputFile]) -> list[CsvGroup]:
    """Return the files by header; a file whose header cannot be used raises ``InputError``."""
    by_header: dict[CsvHeader, list[InputFile]] = {}
    layouts: dict[CsvHeader, FocusLayout] = {}
    for file in files:
        found = read_header(file.path, name=file.name)
        # Whether rows follow must not part files that are otherwise alike.
        header = CsvHeader(found.columns, found.delimiter, True, found.compression)  # noqa: FBT003 -- the dataclass's third field
        if header not in layouts:
            layouts[header] = lay_out(header.columns, name=file.name)
        by_header.setdefault(header, []).append(file)
    return [CsvGroup(header, layouts[header], tuple(of)) for header, of in by_header.items()]


def find_problem(groups: Sequence[CsvGroup], message: str, *, skip_bad: bool) -> InputError | None:
    """Return the first thing wrong with the files, those first that DuckDB's message names."""
    pairs = [(group, file) for group in groups for file in group.files]
    for group, file in sorted(pairs, key=lambda pair: str(pair[1].path) not in message):
        problem = _problem_of(group, file, skip_bad=skip_bad)
        if problem is not None:
            return problem
    return None


def _problem_of(group: CsvGroup, file: InputFile, *, skip_bad: bool) -> InputError | None:
    kinds, required = group.kinds(), group.required()
    if not skip_bad:
        return diagnose(file.path, name=file.name, kinds=kinds, required=required)
    try:
        for _ in good_records(
            file.path, name=file.name, kinds=kinds, required=required, on_bad=lambda _: None
        ):
            pass
    except InputError as error:
        return error
    return None


# --- warnings -----------------------------------------------------------------------------------


def csv_warnings(groups: Sequence[CsvGroup]) -> list[QualityWarning]:
    """Return what the first records of each file show: no rows, no zones, too many decimals.

    Only the first 200 records of a file are looked at: these are habits of the program that
    wrote the file, and counting every row would cost a second reading.
    """
    empty: list[str] = []
    zoneless = _Sighting()
    rounded = _Sighting()
    for group in groups:
        kinds = group.kinds()
        positions: list[tuple[int, str, ValueKind]] = [
            (position, column, kinds.get(column, "text"))
            for position, column in enumerate(group.header.columns)
        ]
        for file in group.files:
            records = first_records(file.path, name=file.name, limit=_SAMPLED_RECORDS)
            if not records:
                empty.append(file.name)
            for cells in records:
                _look(cells, positions, file.name, zoneless=zoneless, rounded=rounded)
    found: list[QualityWarning] = []
    if empty:
        found.append(QualityWarning("no_rows", f"no rows after the header in {_listed(empty)}", 0))
    if zoneless.rows:
        found.append(zoneless.warning("times_without_zone", "times without a zone are read as UTC"))
    if rounded.rows:
        found.append(
            rounded.warning(
                "decimals_rounded", "values with more than 12 decimals are rounded to 12"
            )
        )
    return found


@dataclass
class _Sighting:
    """How many sampled records show something, and the first of them."""

    rows: int = 0
    example: str = ""

    def see(self, example: str) -> None:
        self.rows += 1
        self.example = self.example or example

    def warning(self, code: str, text: str) -> QualityWarning:
        return QualityWarning(
            code,
            f"{text}: {self.rows:,} of the first {_SAMPLED_RECORDS} rows of each file, for example"
            f" {self.example}",
            self.rows,
        )


def _look(
    cells: Sequence[str],
    positions: Iterable[tuple[int, str, ValueKind]],
    file: str,
    *,
    zoneless: _Sighting,
    rounded: _Sighting,
) -> None:
    without_zone = too_exact = ""
    for position, column, kind in positions:
        value = cells[position]
        if value in NULL_TEXTS:
            continue
        if kind == "instant" and not _ZONE.search(value):
            without_zone = without_zone or f"{column} {value!r} in {file}"
        elif kind == "decimal" and _decimals(value) > 12:
            too_exact = too_exact or f"{column} {value!r} in {file}"
    if without_zone:
        zoneless.see(without_zone)
    if too_exact:
        rounded.see(too_exact)


def _decimals(value: str) -> int:
    """Return how many decimals a number needs; 0 for what is not a number."""
    if len(value) < 14 and "e" not in value.lower():
        return 0
    try:
        exponent = Decimal(value).normalize().as_tuple().exponent
    except InvalidOperation:
        return 0
    return -exponent if isinstance(exponent, int) else 0


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more files"

"""The forms that a Cloud Billing export comes in, and which files have which."""

import gzip
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

import duckdb

from centavo.errors import InputError
from centavo.ledger.reading import InputFile, QualityWarning
from centavo.sources.csv_diagnosis import CsvHeader, diagnose, read_header
from centavo.sources.gcp.columns import NULL_TEXTS
from centavo.sources.gcp.diagnosis import unreadable_json
from centavo.sources.gcp.flattened import (
    csv_kinds,
    csv_relation,
    flat_parquet_relation,
    missing_columns,
    required_columns,
    unknown_columns,
)
from centavo.sources.gcp.jsonl import BYTE_ORDER_MARK, jsonl_relation
from centavo.sources.gcp.parquet_files import (
    floating_costs,
    has_records,
    missing_parquet_columns,
    parquet_columns,
    parquet_relation,
    unknown_parquet_columns,
)
from centavo.wording import counted

__all__ = ["Form", "Forms", "by_form", "form_warnings", "not_readable", "text_problem"]


@dataclass(frozen=True)
class Form:
    """Files that one relation can read together."""

    kind: Literal["jsonl", "marked_jsonl", "json_array", "csv", "parquet", "flat_parquet"]
    compression: str = "none"
    header: CsvHeader | None = None
    columns: tuple[tuple[str, str], ...] = ()

    def relation(self, files: Sequence[InputFile], *, is_lenient: bool = False) -> str:
        """Return SQL that reads the files, every column as text."""
        if self.header is not None:
            return csv_relation(files, self.header)
        if self.kind == "parquet":
            return parquet_relation(files, dict(self.columns))
        if self.kind == "flat_parquet":
            return flat_parquet_relation(files, dict(self.columns))
        return jsonl_relation(
            files,
            compression=self.compression,
            is_array=self.kind == "json_array",
            has_mark=self.kind == "marked_jsonl",
            is_lenient=is_lenient,
        )

    def missing(self) -> tuple[str, ...]:
        """Return the mandatory columns that the form cannot have."""
        if self.kind == "parquet":
            return missing_parquet_columns(dict(self.columns))
        names = self._flat_names()
        return missing_columns(names) if names else ()

    def unknown(self) -> tuple[str, ...]:
        """Return the columns that are not read, where the form says so before it is read."""
        if self.kind == "parquet":
            return unknown_parquet_columns(dict(self.columns))
        names = self._flat_names()
        return unknown_columns(names) if names else ()

    def _flat_names(self) -> tuple[str, ...]:
        """Return the columns of a flattened form, none of another."""
        return self.header.columns if self.header else tuple(dict(self.columns))


Forms = dict[Form, list[InputFile]]


def by_form(connection: duckdb.DuckDBPyConnection, files: Sequence[InputFile]) -> Forms:
    """Return the files grouped by what one relation can read.

    Raises:
        InputError: A file is empty, broken or lacks a mandatory column.
    """
    forms: defaultdict[Form, list[InputFile]] = defaultdict(list)
    for file in files:
        form = _form_of(connection, file)
        for path in form.missing():
            raise InputError(
                f"{file.name} has no column {path}",
                hint="Export the whole table of the Cloud Billing export to BigQuery.",
            )
        forms[form].append(file)
    return dict(forms)


def _form_of(connection: duckdb.DuckDBPyConnection, file: InputFile) -> Form:
    compression, opening = _opening(file)
    if opening.startswith(b"PAR1"):
        try:
            columns = parquet_columns(connection, str(file.path))
        except duckdb.Error as error:
            raise not_readable(file.name, error) from None
        kind = "parquet" if has_records(columns) else "flat_parquet"
        return Form(kind, columns=tuple(columns.items()))
    text = opening.removeprefix(BYTE_ORDER_MARK).lstrip()
    if text.startswith(b"{"):
        marked = opening.startswith(BYTE_ORDER_MARK)
        return Form("marked_jsonl" if marked else "jsonl", compression)
    if text.startswith(b"["):
        return Form("json_array", compression)
    return Form("csv", compression, header=read_header(file.path, name=file.name))


def _opening(file: InputFile) -> tuple[str, bytes]:
    """Return the compression and the first bytes under it.

    Raises:
        InputError: The file is empty, or its gzip stream is broken from the start.
    """
    with file.path.open("rb") as stream:
        opening = stream.read(4096)
    compression = "none"
    if opening.startswith(b"\x1f\x8b"):
        compression = "gzip"
        try:
            with gzip.open(file.path) as unpacked:
                opening = unpacked.read(4096)
        except (EOFError, OSError) as error:
            raise not_readable(file.name, error) from None
    if not opening.strip():
        raise InputError(
            f"{file.name} is empty", hint="Export it again, or leave it out of the command."
        )
    return compression, opening


def text_problem(form: Form, file: InputFile) -> InputError | None:
    """Return what the file's text itself shows to be wrong, or ``None``."""
    if form.kind in {"jsonl", "marked_jsonl"}:
        return unreadable_json(file)
    if form.header is None:
        return None
    return diagnose(
        file.path,
        name=file.name,
        kinds=csv_kinds(form.header.columns),
        required=required_columns(form.header.columns),
        nulls=NULL_TEXTS,
    )


def not_readable(names: str, error: Exception) -> InputError:
    """Return the error for files whose fault only the reading library can name."""
    first = str(error).strip().splitlines()[0]
    return InputError(f"{names} cannot be read: {first}", hint="Copy or export it again.")


def form_warnings(forms: Forms) -> Iterator[QualityWarning]:
    """Yield what the columns of the files show to be less than it looks."""
    unknown = sorted(set(chain.from_iterable(form.unknown() for form in forms)))
    if unknown:
        files = sum(len(group) for form, group in forms.items() if form.unknown())
        yield QualityWarning(
            "unknown_columns",
            f"{counted(files, 'file has', 'files have')} columns that are not read: {', '.join(unknown)}.",
            0,
        )
    floating = [
        file for form, group in forms.items() if floating_costs(form.columns) for file in group
    ]
    if floating:
        yield QualityWarning(
            "floating_point_costs",
            f"{counted(len(floating), 'Parquet file holds', 'Parquet files hold')} costs as floating-point numbers, such as "
            f"{floating[0].name}; each is read as the shortest decimal that stands for it.",
            0,
        )

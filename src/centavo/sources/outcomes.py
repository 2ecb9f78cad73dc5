"""Graded answers from CSV, JSON lines or Parquet: one row for each prompt and model.

Columns are found by name. Two are needed: the model and the score; and the item's id or the prompt.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from importlib import import_module
from pathlib import Path
from typing import NoReturn, TypeVar, cast

from centavo.errors import BadValueError, InputError
from centavo.ledger.outcomes_table import OUTCOME_SCOPES
from centavo.sources.arrow import arrow
from centavo.sources.csv_records import csv_records
from centavo.sources.json_records import decode_json, json_texts, opened
from centavo.sources.record_values import RecordError, amount, instant, is_object, whole_number
from centavo.sources.secrets import redact

__all__ = ["OutcomeFile", "read_outcomes", "read_prompts"]

# What a column may be called, by the ledger's name for it; the first that is there counts.
NAMES: dict[str, tuple[str, ...]] = {
    "item_id": ("item_id", "item", "prompt_id", "example_id", "prompt_hash", "hash", "id"),
    "model": ("model", "model_id", "model_name"),
    "score": ("score", "grade", "correct", "passed", "resolved", "verdict", "thumbs", "reward"),
    "score_kind": ("score_kind", "metric", "grader"),
    "graded_at": ("graded_at", "timestamp", "time", "date"),
    "agreement": ("agreement", "self_consistency"),
    "input_tokens": ("input_tokens", "prompt_tokens"),
    "output_tokens": ("output_tokens", "completion_tokens"),
    "cost": ("cost", "cost_usd"),
    "cost_currency": ("cost_currency", "currency"),
    "use_case": ("use_case", "category", "scope", "task", "dataset_category"),
    "feature": ("feature",),
    "endpoint": ("endpoint",),
    "application": ("application",),
    "team": ("team",),
    "prompt": ("prompt", "prompt_text", "question", "input"),
}
_WORDS = {
    **dict.fromkeys(("true", "yes", "pass", "passed", "correct", "up", "thumbs_up", "👍"), 1.0),
    **dict.fromkeys(
        ("false", "no", "fail", "failed", "incorrect", "down", "thumbs_down", "👎"), 0.0
    ),
}
_SCORE_HINT = "A score is a number from 0 to 1, true or false, pass or fail, up or down."

Record = Mapping[str, object]
Row = TypeVar("Row")


@dataclass(frozen=True)
class OutcomeFile:
    """What a file of outcomes holds.

    Attributes:
        rows: By the ledger's column names; without keys and batch.
        unused: Columns of the file that mean nothing here.
        without_score: Records whose score is empty: not graded, so not an outcome.
        secrets: Secrets that were taken out of prompts.
    """

    rows: list[dict[str, object]]
    unused: tuple[str, ...]
    without_score: int
    secrets: int


@dataclass
class _Reader:
    """Turns records of one file into rows."""

    file: str
    prompts: Mapping[str, Record]
    used: set[str] = field(default_factory=set[str])
    seen: set[str] = field(default_factory=set[str])
    without_score: int = 0
    secrets: int = 0

    def row(self, record: Record) -> dict[str, object] | None:
        """Return the row, or ``None`` of a record without a score.

        Raises:
            RecordError: A value that cannot be used.
        """
        self.seen.update(record)
        found = self._named(record)
        prompt = self._prompt(found.get("prompt"))
        item = _text(found.get("item_id")) or (prompt and content_id(prompt))
        if item is None:
            raise RecordError("item_id", "is missing, and so is the prompt", None)
        told = self.prompts.get(item, {})
        score = _score(found.get("score"))
        if score is None:
            self.without_score += 1
            return None
        graded = instant(found.get("graded_at"), "graded_at")
        cost = amount(found.get("cost"), "cost")
        return {
            "item_id": item,
            "model": _text(found.get("model")) or _fail("model", "is missing", None),
            "score": score,
            "score_kind": _text(found.get("score_kind")),
            "graded_at": graded[0] if graded else None,
            "agreement": _share(found.get("agreement"), "agreement"),
            "input_tokens": whole_number(found.get("input_tokens"), "input_tokens"),
            "output_tokens": whole_number(found.get("output_tokens"), "output_tokens"),
            "cost": cost,
            "cost_currency": (_text(found.get("cost_currency")) or "USD")
            if cost is not None
            else None,
            **{name: _text(found.get(name)) or told.get(name) for name in OUTCOME_SCOPES},
            "prompt": prompt or told.get("prompt"),
        }

    def prompt_row(self, record: Record) -> tuple[str, dict[str, object]]:
        """Return the item's id, and its prompt and scopes.

        Raises:
            RecordError: There is no id.
        """
        found = self._named(record)
        item = _text(found.get("item_id")) or _fail("item_id", "is missing", None)
        scopes: dict[str, object] = {name: _text(found.get(name)) for name in OUTCOME_SCOPES}
        return item, {**scopes, "prompt": self._prompt(found.get("prompt"))}

    def _named(self, record: Record) -> dict[str, object]:
        found: dict[str, object] = {}
        for name, aliases in NAMES.items():
            key = next((alias for alias in aliases if alias in record), None)
            if key is not None:
                self.used.add(key)
                found[name] = None if record[key] == "" else record[key]
        return found

    def _prompt(self, value: object) -> str | None:
        if value is None:
            return None
        kept, secrets = redact(str(value))
        self.secrets += secrets
        return kept


def read_outcomes(path: Path, *, prompts: Mapping[str, Record] | None = None) -> OutcomeFile:
    """Return the outcomes of a file.

    Args:
        path: CSV (plain or gzip), JSON lines or array, or Parquet, told by its name.
        prompts: Prompt and scopes by item, from ``read_prompts``.

    Raises:
        InputError: The file cannot be read, or holds no outcome.
        BadValueError: A value cannot be used; names file, line, column and value.
    """
    reader = _Reader(path.name, prompts or {})
    rows = [row for row in _each(path, reader.row) if row is not None]
    if not rows:
        raise InputError(
            f"{path} holds no outcome",
            hint="Each record needs an item_id or prompt, a model and a score.",
        )
    unused = tuple(sorted(reader.seen - reader.used))
    return OutcomeFile(rows, unused, reader.without_score, reader.secrets)


def read_prompts(path: Path) -> tuple[dict[str, Record], int]:
    """Return prompt and scopes by item, and how many secrets were taken out.

    Raises:
        InputError: The file cannot be read.
        BadValueError: A record has no id.
    """
    reader = _Reader(path.name, {})
    return dict(_each(path, reader.prompt_row)), reader.secrets


def content_id(prompt: str) -> str:
    """Return the id of a prompt that has none: the same text is the same item."""
    return hashlib.sha256(prompt.encode("utf-8", "replace")).hexdigest()[:32]


def _each(path: Path, read: Callable[[Record], Row]) -> Iterator[Row]:
    for line, record in _records(path):
        try:
            if isinstance(record, BadValueError):
                raise record
            yield read(record)
        except RecordError as error:
            raise BadValueError(
                error.problem, file=str(path), line=line, column=error.column, value=error.value,
                hint=_SCORE_HINT if error.column == "score" else "",
            ) from None  # fmt: skip


def _records(path: Path) -> Iterator[tuple[int | None, Record | BadValueError]]:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if not path.is_file():
        raise InputError(f"{path} does not exist")
    if ".parquet" in suffixes:
        yield from _parquet_records(path)
    elif {".jsonl", ".ndjson", ".json"} & set(suffixes):
        with opened(path, str(path)) as stream:
            for data in json_texts(stream, one_per_line=".json" not in suffixes):
                record = decode_json(data, name=str(path), exact=True)
                if not is_object(record):
                    raise BadValueError(
                        "is not a JSON object", file=str(path), line=data.line, column="the record",
                        value=record,
                    )  # fmt: skip
                yield data.line, record
    else:
        yield from csv_records(path, name=str(path))


def _parquet_records(path: Path) -> Iterator[tuple[None, Record]]:
    library = arrow()
    try:
        file = import_module("pyarrow.parquet").ParquetFile(path)
    except (library.ArrowInvalid, OSError) as error:
        raise InputError(f"{path} is not a Parquet file: {error}") from error
    for batch in file.iter_batches():
        for record in cast("list[dict[str, object]]", batch.to_pylist()):
            yield None, record


def _score(value: object) -> float | None:
    if value is None or value == "":
        return None
    if isinstance(value, str) and (word := _WORDS.get(value.strip().lower())) is not None:
        return word
    return _share(value, "score")


def _share(value: object, column: str) -> float | None:
    if value is None or value == "":
        return None
    try:
        number = Decimal(str(int(value) if isinstance(value, bool) else value).strip())
    except InvalidOperation:
        return _fail(column, "is not a number", value)
    if not 0 <= number <= 1:
        return _fail(column, "is not between 0 and 1", value)
    return float(number)


def _text(value: object) -> str | None:
    text = None if value is None or isinstance(value, datetime) else str(value).strip()
    return text or None


def _fail(column: str, problem: str, value: object) -> NoReturn:
    raise RecordError(column, problem, value)

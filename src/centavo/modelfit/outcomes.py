"""Outcomes in the ledger: written once each, counted, and paired."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import cast

import duckdb

from centavo.errors import CentavoError, LedgerError
from centavo.ledger.diary import WriteRequest
from centavo.ledger.engine import open_engine
from centavo.ledger.ledger import Ledger
from centavo.ledger.location import LedgerLocation
from centavo.ledger.outcomes_table import OUTCOMES
from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.ledger.writer import writing
from centavo.modelfit.question import ask

__all__ = ["ModelOutcomes", "PairCount", "count_models", "count_pairs", "save_outcomes"]

_TABLE: TableName = "outcomes"
_FILED = datetime(1970, 1, 1)  # noqa: DTZ001 -- times of rows are naive UTC


@dataclass(frozen=True)
class ModelOutcomes:
    """How many outcomes a model has, and their mean score."""

    model: str
    score_kind: str | None
    items: int
    mean_score: float
    with_prompt: int
    with_cost: int
    with_agreement: int


@dataclass(frozen=True)
class PairCount:
    """Prompts that two models both answered under one kind of score; ``better`` scores at least as much."""

    better: str
    other: str
    score_kind: str | None
    items: int
    better_score: float
    other_score: float


def save_outcomes(
    location: LedgerLocation,
    rows: Sequence[Mapping[str, object]],
    *,
    file: Path,
    now: datetime,
) -> int:
    """Write the outcomes that are new or graded anew, in one commit, and return how many.

    Args:
        location: Of the ledger; made when there is none.
        rows: By column name, without keys and batch; the last of one key counts.
        file: Where they come from.
        now: The clock, aware.

    Raises:
        LedgerError: The ledger cannot be written.
    """
    engine = open_engine()
    known = _known(Ledger.open(location)) if location.catalog_file.exists() else {}
    keyed = {_key(row): row for row in rows}
    changed = {key: row for key, row in keyed.items() if known.get(key) != _value(row)}
    if not changed:
        return 0
    told = " ".join(sorted(f"{key}{_value(row)}" for key, row in changed.items()))
    digest = hashlib.sha256(f"{now.isoformat()} {told}".encode()).hexdigest()
    place = location.folder / "outcomes" / digest[:16]
    batch = InputFile(place, file.name, digest, digest[:16], 0)
    _fill(engine, changed, batch.batch_id)
    reading = Reading(_TABLE, "SELECT * FROM changed_outcomes", Tally(), _explain)
    request = WriteRequest(source=_TABLE, reading=reading, files=[batch])
    with writing(location, engine, now=now) as writer:
        writer.write(request)
    return len(changed)


def count_models(ledger: Ledger) -> list[ModelOutcomes]:
    """Return every model with outcomes, the most first."""
    return [ModelOutcomes(*cast("tuple[str, str | None, int, float, int, int, int]", row))
            for row in ask(ledger, "outcome_models")]  # fmt: skip


def count_pairs(ledger: Ledger) -> list[PairCount]:
    """Return every pair of models with common prompts, the most first."""
    return [PairCount(*cast("tuple[str, str, str | None, int, float, float]", row))
            for row in ask(ledger, "outcome_pairs")]  # fmt: skip


def _key(row: Mapping[str, object]) -> str:
    told = "\x1f".join(str(row[name] or "") for name in ("item_id", "model", "score_kind"))
    return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:32]


_VALUES = [
    column.name
    for column in OUTCOMES
    if column.name not in {"outcome_id", "source", "batch_id", "filed_under"}
]


def _value(row: Mapping[str, object]) -> tuple[object, ...]:
    return tuple(row.get(name) for name in _VALUES)


def _known(ledger: Ledger) -> dict[str, tuple[object, ...]]:
    rows = ledger.rows(f"SELECT outcome_id, {', '.join(_VALUES)} FROM outcomes")
    return {str(row[0]): tuple(row[1:]) for row in rows}


def _fill(
    engine: duckdb.DuckDBPyConnection, rows: Mapping[str, Mapping[str, object]], batch_id: str
) -> None:
    # By name: pyarrow has no types.
    arrow = import_module("pyarrow")
    columns = ", ".join(f"{column.name} {column.type}" for column in OUTCOMES)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE changed_outcomes ({columns})")
    whole = [
        {**row, "outcome_id": key, "source": _TABLE, "batch_id": batch_id, "filed_under": _FILED}
        for key, row in rows.items()
    ]
    table = arrow.table(
        {column.name: [row.get(column.name) for row in whole] for column in OUTCOMES}
    )
    engine.register("arriving_outcomes", table)
    engine.execute("INSERT INTO changed_outcomes BY NAME SELECT * FROM arriving_outcomes")
    engine.unregister("arriving_outcomes")


def _explain(error: duckdb.Error) -> CentavoError:
    return LedgerError(f"the outcomes cannot be written: {error}")

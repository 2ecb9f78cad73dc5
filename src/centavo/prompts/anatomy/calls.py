"""The tables that every rule of prompts asks: requests, the parts of those with bodies, and their texts.

Temporary tables of the ledger's engine, made once for a period. Each text is decoded, counted and
transformed once, however many requests carry it: that is what makes agents' histories cheap to look at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.resources import files
from typing import Any

from centavo.ledger.ledger import Ledger
from centavo.ledger.overlap import merge_meters
from centavo.period import Period
from centavo.pricing.recent_usage import period_sql
from centavo.prompts.anatomy.counting import PartCounter
from centavo.prompts.anatomy.facts import TextFacts, facts_of

__all__ = ["SCOPE", "PromptTables", "prompt_tables", "sql_of"]

SCOPE = ("application", "project", "environment", "endpoint", "model")
"""What a finding of this module is about; with provider and currency it is ``scope_no``."""

_MADE = "centavo_prompt_tables"
_BATCH = 2_000
_COLUMNS = (
    "text_no", "content_hash", "basis_no", "kind", "tokens", "hint", "files", "after", "tools", "calls",
    "normal",
)  # fmt: skip
_TYPES = (
    "BIGINT", "VARCHAR", "INTEGER", "VARCHAR", "BIGINT", "VARCHAR", "INTEGER", "MAP(VARCHAR, BIGINT)",
    "MAP(VARCHAR, BIGINT)", "VARCHAR[]", "VARCHAR",
)  # fmt: skip


@dataclass(frozen=True)
class PromptTables:
    """What the tables hold.

    Attributes:
        calls: Requests of the period.
        with_bodies: Those whose prompt is kept.
        basis: How tokens of parts are counted: ``counted:o200k_base``, or that they are estimated.
    """

    calls: int
    with_bodies: int
    basis: tuple[str, ...]


def prompt_tables(ledger: Ledger, period: Period) -> PromptTables:
    """Make ``prompt_calls``, ``prompt_texts`` and ``prompt_parts`` for the period, if they are not there yet."""
    key = f"{period.since} {period.until}"
    made = ledger.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [_MADE])
    if not made or ledger.rows(f"SELECT key FROM {_MADE}") != [(key,)]:
        merge_meters(ledger, period)
        _make(ledger, period)
        ledger.engine.execute(f"CREATE OR REPLACE TEMP TABLE {_MADE} AS SELECT ? AS key", [key])
    calls, bodies = ledger.rows("SELECT count(*), count(*) FILTER (has_body) FROM prompt_calls")[0]
    basis = ledger.rows("SELECT DISTINCT basis FROM prompt_bases ORDER BY basis")
    return PromptTables(int(str(calls)), int(str(bodies)), tuple(str(row[0]) for row in basis))


def _make(ledger: Ledger, period: Period) -> None:
    _table(ledger, "found_calls", sql_of("prompt_calls").format(filter=period_sql(period)))
    models = ledger.rows(
        "SELECT DISTINCT logged_model, is_counted IS true FROM found_calls WHERE body_hash IS NOT NULL"
    )
    bases = {(row[0], row[1]): PartCounter(_text(row[0]), as_json=bool(row[1])) for row in models}
    names = sorted({(each.basis, bool(key[1])) for key, each in bases.items()})
    values = [
        (model, is_json, names.index((counter.basis, bool(is_json))), counter.basis)
        for (model, is_json), counter in bases.items()
    ]
    ledger.engine.execute(
        "CREATE OR REPLACE TEMP TABLE prompt_bases"
        " (model VARCHAR, is_json BOOLEAN, basis_no INTEGER, basis VARCHAR)"
    )
    if values:
        ledger.engine.executemany("INSERT INTO prompt_bases VALUES (?, ?, ?, ?)", values)
    _table(
        ledger,
        "prompt_calls",
        "SELECT found_calls.*, basis_no, basis_no IS NOT NULL AND EXISTS (SELECT 1 FROM bodies"
        " WHERE bodies.body_hash = found_calls.body_hash) AS has_body FROM found_calls"
        " LEFT JOIN prompt_bases ON prompt_bases.model IS NOT DISTINCT FROM logged_model"
        " AND is_json = (is_counted IS true) AND found_calls.body_hash IS NOT NULL",
    )
    counters = {number: _counter_of(bases, name) for number, name in enumerate(names)}
    _look_at_texts(ledger, counters)
    _table(ledger, "prompt_parts", sql_of("prompt_parts"))


def _counter_of(
    bases: dict[tuple[object, object], PartCounter], name: tuple[str, bool]
) -> PartCounter:
    return next(each for key, each in bases.items() if (each.basis, bool(key[1])) == name)


def _look_at_texts(ledger: Ledger, counters: dict[int, PartCounter]) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in zip(_COLUMNS, _TYPES, strict=True))
    ledger.engine.execute(f"CREATE OR REPLACE TEMP TABLE prompt_texts ({columns})")
    pa: Any = import_module("pyarrow")
    reader = ledger.engine.execute(sql_of("texts_to_look_at"))
    found: list[object] = []
    number = 0
    while rows := reader.fetchmany(_BATCH):
        found.append(_arrow_texts(_facts(rows, counters), number))
        number += len(rows)
    if found:
        ledger.engine.register("looked_at", pa.concat_tables(found))
        ledger.engine.execute("INSERT INTO prompt_texts SELECT * FROM looked_at")
        ledger.engine.unregister("looked_at")


def _facts(
    rows: Sequence[tuple[Any, ...]], counters: dict[int, PartCounter]
) -> Iterator[tuple[str, int, str, TextFacts]]:
    for content_hash, basis_no, kind, role, text in rows:
        yield content_hash, basis_no, kind, facts_of(kind, role, text, counters[basis_no])


def _arrow_texts(found: Iterator[tuple[str, int, str, TextFacts]], first: int) -> object:
    # Not a plain import: pyarrow carries no types, and takes time that a --help has no use for.
    pa: Any = import_module("pyarrow")
    counts = pa.map_(pa.string(), pa.int64())
    types = (
        pa.int64(), pa.string(), pa.int32(), pa.string(), pa.int64(), pa.string(), pa.int32(), counts,
        counts, pa.list_(pa.string()), pa.string(),
    )  # fmt: skip
    rows = [
        (number, name, basis, kind, fact.tokens, fact.hint, fact.files, list(fact.after.items()),
         list(fact.tools.items()), list(fact.calls), fact.normal)
        for number, (name, basis, kind, fact) in enumerate(found, first)
    ]  # fmt: skip
    columns = zip(_COLUMNS, zip(*rows, strict=True), types, strict=True)
    arrays = {name: pa.array(values, kind) for name, values, kind in columns}
    return pa.table(arrays)


def _table(ledger: Ledger, name: str, select: str) -> None:
    ledger.rows(f"CREATE OR REPLACE TEMP TABLE {name} AS {select}")


def _text(value: object) -> str | None:
    return None if value is None else str(value)


@lru_cache(maxsize=16)
def sql_of(name: str) -> str:
    """Return a named question of this package."""
    folder = files("centavo.prompts.anatomy").joinpath("sql")
    return folder.joinpath(f"{name}.sql").read_text(encoding="utf-8")

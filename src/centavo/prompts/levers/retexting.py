"""Parts with other texts: each distinct text is changed and counted once, for all requests that carry it."""

from collections.abc import Callable, Collection
from functools import lru_cache
from importlib.resources import files
from typing import Any

import duckdb

from centavo.ledger.bodies import json_text
from centavo.ledger.bodies.part import text_hash
from centavo.prompts.anatomy.counting import PartCounter
from centavo.prompts.payload import decoded
from centavo.savings.lever import Change, next_name
from centavo.savings.traffic import Traffic

__all__ = ["INPUT_KINDS", "Retext", "counters_of", "retexted", "sql_of"]

Retext = Callable[[object, int | None], object]
"""A part's decoded value, and the scope of its requests where that matters, to the value instead."""

INPUT_KINDS = ("system", "tools", "history", "context", "user", "tool_output", "output")


def retexted(
    traffic: Traffic,
    where: str,
    change: Retext,
    *,
    kinds: Collection[str] = INPUT_KINDS,
    by_scope: bool = False,
) -> Change:
    """Return the parts of requests in scope with their texts changed.

    Args:
        traffic: With parts.
        where: Condition on ``events``.
        change: Pure.
        kinds: Of the parts that are changed.
        by_scope: Whether the change depends on the scope of the request.
    """
    engine = traffic.engine
    listed = "(" + ", ".join(f"'{kind}'" for kind in kinds) + ")"
    names = {"parts": traffic.parts, "events": traffic.events, "where": where, "kinds": listed}
    scope = "prompt.scope_no" if by_scope else "NULL::BIGINT"
    rows = engine.execute(sql_of("texts_in_scope").format(scope=scope, **names)).fetchall()
    counters = counters_of(engine)
    table = next_name("new_texts")
    engine.execute(
        f"CREATE TEMP TABLE {table} (content_hash VARCHAR, basis_no INTEGER, scope_no BIGINT,"
        " new_hash VARCHAR, new_tokens BIGINT)"
    )
    fresh = [new for row in rows if (new := _changed(row, change, counters)) is not None]
    if not fresh:
        return Change()
    engine.executemany(f"INSERT INTO {table} VALUES (?, ?, ?, ?, ?)", [row[:5] for row in fresh])
    texts = list({row[3]: row[5] for row in fresh}.items())
    engine.executemany("INSERT INTO lever_texts VALUES (?, ?)", texts)
    return Change(parts=sql_of("parts_with_new_texts").format(new=table, **names))


def counters_of(engine: duckdb.DuckDBPyConnection) -> dict[int, PartCounter]:
    """Return what counts the parts of requests, by ``basis_no``."""
    rows = engine.execute(
        "SELECT basis_no, any_value(model), any_value(is_json) FROM prompt_bases GROUP BY basis_no"
    )
    return {
        int(no): PartCounter(model, as_json=bool(is_json)) for no, model, is_json in rows.fetchall()
    }


def _changed(
    row: tuple[Any, ...], change: Retext, counters: dict[int, PartCounter]
) -> tuple[str, int, int | None, str, int, str] | None:
    content_hash, basis_no, scope_no, text = row
    value = decoded(text)
    new = change(value, scope_no)
    if new == value:
        return None
    tokens = counters[basis_no].count(new)
    if tokens >= counters[basis_no].count(value):
        return None
    new_text = json_text(new)
    return content_hash, basis_no, scope_no, text_hash(new_text), tokens, new_text


@lru_cache(maxsize=8)
def sql_of(name: str) -> str:
    """Return a named question of this package."""
    return files("centavo.prompts.levers").joinpath("sql", f"{name}.sql").read_text("utf-8")

"""Tool schemas: which of them a scope calls, and a list of schemas without the others."""

from collections.abc import Collection
from typing import cast

import duckdb

from centavo.ledger.ledger import Ledger
from centavo.prompts.anatomy.facts import declared_tools
from centavo.prompts.payload import members
from centavo.prompts.questions import question

__all__ = ["tool_names", "used_by_scope", "used_tools", "without_tools"]

_SCOPE = "SELECT scope_no FROM prompt_calls WHERE event_id = ?"


def used_by_scope(engine: duckdb.DuckDBPyConnection) -> dict[int, set[str]]:
    """Return the tools that requests of each scope called; a scope without any call is not in it."""
    return {
        int(scope): set(names) for scope, names in engine.execute(question("used_tools")).fetchall()
    }


def used_tools(ledger: Ledger, event_id: str) -> set[str]:
    """Return the tools that any request of the same scope called."""
    rows = ledger.rows(_SCOPE, [event_id])
    return used_by_scope(ledger.engine).get(int(str(rows[0][0])), set()) if rows else set()


def tool_names(value: object) -> list[str]:
    """Return the names of a request's tools, in their order."""
    listed: object = members(value).get("tools", value)
    tools = cast("list[object]", listed) if isinstance(listed, list) else []
    names = (_name(each) for tool in tools for each in declared_tools(tool))
    return [name for name in names if name]


def without_tools(value: object, used: Collection[str]) -> object:
    """Return a request's tools without those that are not used, in the provider's shape.

    >>> without_tools([{"name": "find"}, {"name": "pay"}], {"find"})
    [{'name': 'find'}]
    """
    if isinstance(value, list):
        kept = [_kept(tool, used) for tool in cast("list[object]", value)]
        return [tool for tool in kept if tool is not None]
    told = members(value)
    return {**told, "tools": without_tools(told["tools"], used)} if "tools" in told else value


def _kept(tool: object, used: Collection[str]) -> object | None:
    for key in ("functionDeclarations", "function_declarations"):
        listed = members(tool).get(key)
        if isinstance(listed, list):
            of_use = [each for each in cast("list[object]", listed) if _name(each) in used]
            return {**members(tool), key: of_use} if of_use else None
    names = [_name(each) for each in declared_tools(tool)]
    # What has no name (a search of the provider's own) is no schema that one could leave out.
    return tool if not any(names) or any(name in used for name in names) else None


def _name(declared: object) -> str | None:
    name = members(declared).get("name")
    return name if isinstance(name, str) else None

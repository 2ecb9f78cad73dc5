"""Tool schemas: which of them a scope calls, and a list of schemas without the others."""

from collections.abc import Collection
from typing import cast

from centavo.ledger.ledger import Ledger
from centavo.prompts.anatomy.facts import declared_tools
from centavo.prompts.payload import members

__all__ = ["used_tools", "without_tools"]

_USED = """
SELECT DISTINCT unnest(calls) FROM prompt_texts AS fact
JOIN (
  SELECT content_hash FROM body_parts JOIN (
    SELECT unnest([body_hash, answer_hash]) AS body_hash FROM prompt_calls
    WHERE has_body AND scope_no = (SELECT scope_no FROM prompt_calls WHERE event_id = ?)
  ) USING (body_hash)
) USING (content_hash)
"""


def used_tools(ledger: Ledger, event_id: str) -> set[str]:
    """Return the tools that any request of the same scope called."""
    return {str(row[0]) for row in ledger.rows(_USED, [event_id])}


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

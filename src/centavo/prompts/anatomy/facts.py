"""What one text of a prompt is, looked at once however many requests carry it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from centavo.ledger.bodies import json_text
from centavo.ledger.bodies.part import text_hash
from centavo.prompts.anatomy.counting import PartCounter
from centavo.prompts.payload import binary_free, decoded, mapped, members, texts_in
from centavo.prompts.transforms import TRANSFORMS, distinct_chunks

__all__ = ["TextFacts", "declared_tools", "facts_of"]

_TOOL_ROLES = frozenset({"tool", "function", "function_call_output", "custom_tool_call_output"})
_ANSWER_ROLES = frozenset({"assistant", "model", "function_call", "reasoning", "custom_tool_call"})
_TOOL_RESULT = ('"tool_result"', '"functionResponse"', '"toolResult"', '"function_response"')
# How retrieval marks what it found: tags, or headings that number or name sources.
_CONTEXT = re.compile(
    r"<(?:document|context|source|chunk|passage|search_result)s?[ >]|^(?:Context|Contexto|Sources?"
    r"|Fontes?|Retrieved|Documents?|knowledge_search)\b.{0,60}:|\"result_text\"|^\[\d+\] document_id",
    re.MULTILINE | re.IGNORECASE,
)
# Retrieval says so where its passages begin.
_LOOKED_AT_CHARS = 4_000
_CALLED = re.compile(r'"(?:name|tool_name)":\s*"([^"]{1,128})"')


@dataclass(frozen=True)
class TextFacts:
    """Facts of one part's text, in tokens of one model's vocabulary.

    Attributes:
        tokens: As it is.
        hint: ``tool_output``, ``context``, ``output`` or empty: what it is wherever it stands.
        files: Images and documents in it, as data.
        after: Tokens after a transformation, by its name; only where that is fewer.
        tools: Tokens of each tool schema by name; of the part ``tools`` only.
        calls: Names of the tools that it calls.
        normal: Hash of its texts after case and whitespace are evened.
    """

    tokens: int
    hint: str = ""
    files: int = 0
    after: Mapping[str, int] = field(default_factory=dict[str, int])
    tools: Mapping[str, int] = field(default_factory=dict[str, int])
    calls: tuple[str, ...] = ()
    normal: str = ""


def facts_of(kind: str, role: str | None, text: str, counter: PartCounter) -> TextFacts:
    """Return the facts of a part.

    Args:
        kind: As in ``body_parts``.
        role: Of a message.
        text: JSON of the part.
        counter: Of the model.
    """
    value = decoded(text)
    tokens = counter.count(value)
    hint = _hint(kind, role, text, value)
    return TextFacts(
        tokens=tokens,
        hint=hint,
        files=binary_free(text)[1],
        after={} if kind in ("settings", "output") else _after(value, tokens, hint, counter),
        tools=_tools(value, counter) if kind == "tools" else {},
        calls=tuple(sorted(set(_CALLED.findall(text)))) if _may_call(kind, role) else (),
        normal=_normal(value) if kind != "output" else "",
    )


def _hint(kind: str, role: str | None, text: str, value: object) -> str:
    if kind != "message":
        return ""
    if role in _TOOL_ROLES or any(sign in text for sign in _TOOL_RESULT):
        return "tool_output"
    if role in _ANSWER_ROLES:
        return "output"
    begins = (each[:_LOOKED_AT_CHARS] for each in texts_in(value))
    return "context" if any(map(_CONTEXT.search, begins)) else ""


def _may_call(kind: str, role: str | None) -> bool:
    return kind == "output" or (kind == "message" and role in _ANSWER_ROLES)


def _normal(value: object) -> str:
    texts = " ".join(texts_in(value)) or json_text(value)
    return text_hash(" ".join(texts.casefold().split()))


def _after(value: object, tokens: int, hint: str, counter: PartCounter) -> dict[str, int]:
    found: dict[str, int] = {}
    for transform in TRANSFORMS:
        changed = transform.apply(value)
        if changed != value and (fewer := counter.count(changed)) < tokens:
            found[transform.name] = fewer
    if hint in ("context", "tool_output"):
        distinct = mapped(value, distinct_chunks)
        if distinct != value and (fewer := counter.count(distinct)) < tokens:
            found["distinct-chunks"] = fewer
    return found


def _tools(value: object, counter: PartCounter) -> dict[str, int]:
    listed: object = value if isinstance(value, list) else members(value).get("tools")  # pyright: ignore[reportUnknownVariableType] -- JSON
    found: dict[str, int] = {}
    for tool in cast("list[object]", listed) if isinstance(listed, list) else []:
        for declared in declared_tools(tool):
            name = members(declared).get("name")
            if isinstance(name, str):
                found[name] = counter.count(
                    tool if len(list(declared_tools(tool))) == 1 else declared
                )
    return found


def declared_tools(tool: object) -> list[object]:
    """Return the functions that an entry of the list declares, in any provider's shape."""
    told = members(tool)
    for key in ("functionDeclarations", "function_declarations"):
        if isinstance(told.get(key), list):
            return cast("list[object]", told[key])
    for key in ("function", "toolSpec"):
        if key in told:
            return [told[key]]
    return [tool]

"""What one text of a prompt is, looked at once however many requests carry it."""

import re
from collections.abc import Callable, Mapping, Sequence
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
_RETRIEVED = ("context", "tool_output")
_CHANGES: tuple[tuple[str, Callable[[str], str]], ...] = (
    *((each.name, each.proved) for each in TRANSFORMS),
    # Last, for it is asked of what was retrieved only.
    ("distinct-chunks", distinct_chunks),
)
# How retrieval marks what it found: tags, or headings that number or name sources.
_CONTEXT = re.compile(
    r"<(?:document|context|source|chunk|passage|search_result)s?[ >]|^(?:Context|Contexto|Sources?"
    r"|Fontes?|Retrieved|Documents?|knowledge_search)\b.{0,60}:|\"result_text\"|^\[\d+\] document_id",
    re.MULTILINE | re.IGNORECASE,
)
# One of them stands in whatever the pattern finds.
_CONTEXT_WORDS = (
    "context", "document", "source", "chunk", "passage", "search_result", "fonte", "retrieved",
    "knowledge_search", "result_text",
)  # fmt: skip
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
    texts = tuple(texts_in(value))
    hint = _hint(kind, role, text, texts)
    return TextFacts(
        tokens=tokens,
        hint=hint,
        files=binary_free(text)[1],
        after={}
        if kind in ("settings", "output")
        else _after(_Looked(value, texts, tokens), hint, counter),
        tools=_tools(value, counter) if kind == "tools" else {},
        calls=_calls(text) if _may_call(kind, role) else (),
        normal=_normal(texts, value) if kind != "output" else "",
    )


def _hint(kind: str, role: str | None, text: str, texts: Sequence[str]) -> str:
    if kind != "message":
        return ""
    if role in _TOOL_ROLES or any(sign in text for sign in _TOOL_RESULT):
        return "tool_output"
    if role in _ANSWER_ROLES:
        return "output"
    return "context" if any(map(_begins_with_context, texts)) else ""


def _begins_with_context(text: str) -> bool:
    begin = text[:_LOOKED_AT_CHARS]
    folded = begin.casefold()
    # Plain searches first: the pattern tries every character.
    return any(word in folded for word in _CONTEXT_WORDS) and bool(_CONTEXT.search(begin))


def _may_call(kind: str, role: str | None) -> bool:
    return kind == "output" or (kind == "message" and role in _ANSWER_ROLES)


def _calls(text: str) -> tuple[str, ...]:
    # A plain search first: most answers call none.
    names = _CALLED.findall(text) if 'name":' in text else ()
    return tuple(sorted(set(names)))


def _normal(texts: Sequence[str], value: object) -> str:
    said = " ".join(texts) or json_text(value)
    return text_hash(" ".join(said.casefold().split()))


@dataclass(frozen=True, slots=True)
class _Looked:
    """A part's value decoded, the texts in it, and its tokens."""

    value: object
    texts: Sequence[str]
    tokens: int


def _after(part: _Looked, hint: str, counter: PartCounter) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, change in _CHANGES if hint in _RETRIEVED else _CHANGES[:-1]:
        changed = {text: new for text in part.texts if (new := change(text)) != text}
        # Counting is dear, and most texts stay as they are.
        if changed and (fewer := counter.count(_replaced(part.value, changed))) < part.tokens:
            found[name] = fewer
    return found


def _replaced(value: object, changed: Mapping[str, str]) -> object:
    return mapped(value, lambda text: changed.get(text, text))


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

"""The request that a finding would have sent instead: for a person to look at, and for no bill."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import cast

from centavo.ledger.bodies import BodyPart, json_text
from centavo.ledger.ledger import Ledger
from centavo.prompts.payload import decoded, mapped, members, texts_in
from centavo.prompts.questions import question
from centavo.prompts.reordering import constant_lines, reordered
from centavo.prompts.transforms import distinct_chunks, transform_named

__all__ = ["example_of", "is_lossless", "parts_of", "rewrites", "rewritten"]

Rewrite = Callable[[Ledger, str, Sequence[BodyPart]], list[BodyPart]]


_CONSTANT_SHARE = 0.8


def parts_of(ledger: Ledger, event_id: str) -> list[BodyPart]:
    """Return the parts of a request as it was sent; none where its prompt is not kept."""
    return [
        BodyPart(cast("BodyPart", row[0]), str(row[1]), _text(row[2]), str(row[3]))  # pyright: ignore[reportArgumentType] -- one of PartKind, as the shelf wrote it
        for row in ledger.rows(question("request_parts"), [event_id])
    ]


def example_of(columns: Sequence[str], rows: Sequence[Sequence[str | None]]) -> str | None:
    """Return the request that a finding's evidence names as its example: of its last row."""
    if "example" not in columns or not rows:
        return None
    return rows[-1][list(columns).index("example")]


def rewrites() -> Mapping[str, Rewrite]:
    """Return how a request is rewritten, by the code of the rule."""
    return _REWRITES


def is_lossless(code: str) -> bool:
    """Say whether what was sent can be had back from what the rule would send."""
    return code in _LOSSLESS


def rewritten(
    ledger: Ledger, code: str, event_id: str, parts: Sequence[BodyPart]
) -> list[BodyPart] | None:
    """Return the parts as the rule would have them; ``None`` where it rewrites nothing."""
    change = _REWRITES.get(code)
    return change(ledger, event_id, parts) if change else None


def _with_transforms(*names: str) -> Rewrite:
    chosen = [transform_named(name) for name in names]

    def change(ledger: Ledger, event_id: str, parts: Sequence[BodyPart]) -> list[BodyPart]:  # noqa: ARG001 -- a rewrite's signature
        changed: list[BodyPart] = []
        for part in parts:
            value = decoded(part.text)
            if part.kind != "settings":
                for transform in chosen:
                    value = transform.apply(value)
            changed.append(replace(part, text=json_text(value)))
        return changed

    return change


def _marked(ledger: Ledger, event_id: str, parts: Sequence[BodyPart]) -> list[BodyPart]:  # noqa: ARG001 -- a rewrite's signature
    """Mark the last part of the fixed beginning for the cache, as Anthropic's messages take it."""
    fixed = [place for place, part in enumerate(parts) if part.kind in ("tools", "system")]
    if not fixed:
        return list(parts)
    last = fixed[-1]
    marked = json_text(_with_mark(decoded(parts[last].text)))
    return [*parts[:last], replace(parts[last], text=marked), *parts[last + 1 :]]


def _with_mark(value: object) -> object:
    mark = {"cache_control": {"type": "ephemeral"}}
    if isinstance(value, str):
        return [{"type": "text", "text": value, **mark}]
    if isinstance(value, list):
        listed = cast("list[object]", value)
        return [*listed[:-1], {**members(listed[-1]), **mark}] if listed else listed
    return {**members(value), **mark}


def _without_unused_tools(
    ledger: Ledger, event_id: str, parts: Sequence[BodyPart]
) -> list[BodyPart]:
    from centavo.prompts.tools import used_tools, without_tools

    used = used_tools(ledger, event_id)
    return [
        replace(part, text=json_text(without_tools(decoded(part.text), used)))
        if part.kind == "tools"
        else part
        for part in parts
    ]


def _earlier_version(ledger: Ledger, event_id: str, parts: Sequence[BodyPart]) -> list[BodyPart]:
    """Return the request with the fixed part that its scope had before."""
    rows = ledger.rows(question("earlier_version"), [event_id])
    if not rows:
        return list(parts)
    earlier = parts_of(ledger, str(rows[0][0]))
    fixed = [part for part in earlier if part.kind in ("tools", "system")]
    settings = [part for part in parts if part.kind == "settings"]
    rest = [part for part in parts if part.kind not in ("tools", "system", "settings")]
    return [*settings, *fixed, *rest]


def _without_copies(ledger: Ledger, event_id: str, parts: Sequence[BodyPart]) -> list[BodyPart]:  # noqa: ARG001 -- a rewrite's signature
    return [
        replace(part, text=json_text(mapped(decoded(part.text), distinct_chunks)))
        if part.kind == "message"
        else part
        for part in parts
    ]


def _volatile_last(ledger: Ledger, event_id: str, parts: Sequence[BodyPart]) -> list[BodyPart]:
    """Put what changes in the system prompt behind what does not."""
    rows = ledger.rows(question("other_systems"), [event_id])
    texts = ["\n".join(texts_in(decoded(str(row[0])))) for row in rows]
    constant = constant_lines(texts, _CONSTANT_SHARE)
    return [
        replace(part, text=json_text(mapped(decoded(part.text), lambda t: reordered(t, constant))))
        if part.kind == "system"
        else part
        for part in parts
    ]


def _text(value: object) -> str | None:
    return None if value is None else str(value)


_REWRITES: Mapping[str, Rewrite] = {
    "PRM301": _marked,
    "PRM303": _volatile_last,
    "PRM304": _without_unused_tools,
    "PRM306": _without_copies,
    "PRM307": _with_transforms("compact-json", "tabular"),
    "PRM308": _with_transforms("once", "whitespace"),
    "PRM315": _earlier_version,
}
# The cache reads the same tokens; JSON says the same values. The others leave out, move or trim.
_LOSSLESS = frozenset({"PRM301", "PRM307"})

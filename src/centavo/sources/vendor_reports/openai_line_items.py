"""What a line item of OpenAI's cost report says: ``gpt-4o-2024-08-06, cached input``.

The grammar, as it is seen in reports (OpenAI documents the key, not its words)::

    [tier "|"] model [modality] ["," words]…

    gpt-4o-2024-08-06, input                    gpt-image-1 image, output
    priority | gpt-5.6-sol, output, long context
    web search tool calls                       assistants api | file search

A word that is not known is kept apart, and then nothing is concluded from words that are absent.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache

__all__ = ["LineItem", "read_line_item"]

_TIERS = {"priority": "priority", "flex": "flex", "batch": "batch", "scale": "provisioned"}
_MODALITIES = frozenset({"text", "image", "audio", "video"})
# Model names begin with one of these, or hold a digit: "ft:gpt-4o", "text-embedding-3-large".
_MODEL = re.compile(
    r"(ft[:-])?(gpt|chatgpt|o\d|text-|whisper|tts|dall-?e|omni|sora|davinci|babbage|codex|computer-use)"
    r"[\w.:@/-]*$|[a-z][\w.:@/-]*-[\w.:@/-]*\d[\w.:@/-]*$",
    re.IGNORECASE,
)
_TOOLS = re.compile(
    r"web.?search|file.?search|code.?interpreter|container|vector.?stor|storage|image generation"
    r"|credit|promo|grant|refund|discount|fine.?tun|training|moderation|assistants api|evals?\b",
    re.IGNORECASE,
)
_TOKEN_WORDS = re.compile(
    r"\b(cached|cache|read|reads|write|writes|hit|input|output|tokens?|text|image|audio|video"
    r"|batch|flex|priority|scale|standard|default|long|short|context|regional|global|data"
    r"|residency|api)\b"
)


@dataclass(frozen=True)
class LineItem:
    """A line item, understood as far as its words are known.

    Attributes:
        model: The model as written, or ``None`` where the item is a tool, storage or a credit.
        direction: ``Input`` or ``Output``.
        cache_action: ``Uncached``, ``Read`` or ``Write``.
        tier: ``standard``, ``batch``, ``flex``, ``priority`` or ``provisioned``.
        context: ``standard`` or ``long``.
        modality: ``text``, ``image``, ``audio`` or ``video``, where it is said.
        geo: ``regional`` or ``global``, where it is said.
        is_understood: Whether every word is known.
    """

    model: str | None = None
    direction: str | None = None
    cache_action: str | None = None
    tier: str | None = None
    context: str | None = None
    modality: str | None = None
    geo: str | None = None
    is_understood: bool = True


@lru_cache(maxsize=10_000)
def read_line_item(item: str) -> LineItem:
    """Return what the line item says.

    >>> read_line_item("gpt-4o-2024-08-06, cached input").cache_action
    'Read'
    >>> found = read_line_item("priority | gpt-5.6-sol, output, long context")
    >>> found.model, found.direction, found.tier, found.context
    ('gpt-5.6-sol', 'Output', 'priority', 'long')
    >>> read_line_item("web search tool calls")
    LineItem(model=None, direction=None, cache_action=None, tier=None, context=None, modality=None, geo=None, is_understood=True)
    """
    *before, main = [part.strip() for part in item.split("|")]
    head, *rest = [part.strip() for part in main.split(",")]
    first, _, after = head.partition(" ")
    if not _MODEL.match(first):
        return LineItem(is_understood=_TOOLS.search(item) is not None)
    said = " ".join([*before, after, *rest]).lower().replace("_", " ")
    words = set(said.split())
    found = LineItem(
        model=first,
        direction=_direction(words),
        tier=next((tier for word, tier in _TIERS.items() if word in words), None),
        context="long" if {"long", "context"} <= words else None,
        modality=next((word for word in sorted(_MODALITIES) if word in words), None),
        geo="regional" if words & {"regional", "residency"} else None,
        is_understood=not _TOKEN_WORDS.sub("", said).strip(),
    )
    return _completed(found, words)


def _direction(words: set[str]) -> str | None:
    if "output" in words:
        return "Output"
    return "Input" if words & {"input", "cached", "cache"} else None


def _completed(found: LineItem, words: set[str]) -> LineItem:
    """Return the item with what follows from words that are absent, where all are known."""
    if found.direction is None:
        return found
    if words & {"write", "writes"}:
        action = "Write"
    elif words & {"cached", "cache"}:
        action = "Read"
    else:
        action = "Uncached" if found.is_understood else None
    if not found.is_understood:
        return replace(found, cache_action=action)
    return replace(
        found,
        cache_action=action,
        tier=found.tier or "standard",
        context=found.context or "standard",
    )

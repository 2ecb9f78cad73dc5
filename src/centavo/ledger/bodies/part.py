"""One part of a request's body or of an answer, and the body that the parts make again."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

__all__ = ["BodyPart", "PartKind", "body_hash", "json_text", "rebuilt", "text_hash"]

PartKind = Literal["settings", "tools", "system", "message", "output"]

_HASH_DIGITS = 32


@dataclass(frozen=True, slots=True)
class BodyPart:
    """One part, in the order in which a model reads them: settings, tools, system, messages.

    Attributes:
        kind: ``settings`` is the body without its other parts: ``null`` stands where one was, ``[]``
            where a list of them was.
        member: Member of the body that it stood in: ``messages``, ``tools`` …
        role: Of a message: its role, or the type of an item that has none.
        text: JSON, without spaces, members in the order sent.
    """

    kind: PartKind
    member: str
    role: str | None
    text: str


def json_text(value: object) -> str:
    """Return the value as JSON without spaces, members in their order.

    >>> json_text({"b": 1, "a": ["é"]})
    '{"b":1,"a":["é"]}'
    """
    try:
        return msgspec.json.encode(value).decode()
    except (TypeError, UnicodeEncodeError, ValueError):
        return json.dumps(value, default=str, separators=(",", ":"))


def text_hash(text: str) -> str:
    """Return 32 hex digits of the SHA-256 of a text: of a thousand million texts, no two share one."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:_HASH_DIGITS]


def body_hash(parts: Sequence[tuple[BodyPart, str]]) -> str:
    """Return the hash of a body from its parts and their texts' hashes, in order."""
    told = "\n".join(f"{part.kind} {part.member} {found}" for part, found in parts)
    return text_hash(told)


def rebuilt(parts: Sequence[BodyPart]) -> dict[str, object]:
    """Return the request's body that the parts were taken from, as it was sent.

    >>> settings = BodyPart("settings", "", None, '{"model":"m","messages":[],"tools":null}')
    >>> hello = BodyPart("message", "messages", "user", '{"role":"user","content":"Hello"}')
    >>> rebuilt([settings, BodyPart("tools", "tools", None, "[]"), hello])
    {'model': 'm', 'messages': [{'role': 'user', 'content': 'Hello'}], 'tools': []}
    """
    body: dict[str, object] = {}
    lists: dict[str, list[object]] = {}
    for part in parts:
        value = json.loads(part.text)
        if part.kind == "settings":
            body = value
            lists = {name: [] for name in body if body[name] == []}
        elif part.member in lists:
            lists[part.member].append(value)
        else:
            body[part.member] = value
    return body | lists

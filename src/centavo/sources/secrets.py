"""Secrets in free text, taken out before anything is stored, and counted.

Keys and tokens reach logs through labels, error messages and headers. What a provider issues has a
shape of its own; anything else counts only when it is named as a secret and looks random, so that
request ids, hashes and UUIDs stay.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from centavo.ledger.reading import QualityWarning
from centavo.sources.record_values import is_list, is_object
from centavo.sources.secret_shapes import (
    ISSUED,
    Shape,
    is_bare_key,
    is_harmless,
    is_named,
    is_named_password,
)

__all__ = ["RedactionCount", "redact", "redact_labels"]

_SHORTEST = 12
_LONGEST_REMEMBERED = 200
_MARK = re.compile(r"\[redacted:([a-z_]+)\]")
_PREFIX = "(?:[a-z0-9_.-]*[_.-])?"
_PASSWORD = re.compile(rf"{_PREFIX}(?:passw(?:or)?d|passphrase|pwd)")
_NAMED = re.compile(
    rf"{_PREFIX}(?:(?:api|secret|account|access|private|master|signing|subscription|encryption"
    r"|sharedaccess)[_-]?key|secret[_-]?access[_-]?key|shared[_-]?access[_-]?key"
    r"|(?:access|auth|refresh|api|bot|session|id)[_-]?token|secret|credentials?|authorization"
    r"|(?:set-)?cookie)|token|sig|x-amz-signature"
)
# Word, then = or :, quoted or not, also where the text is JSON within JSON.
_GIVEN = re.compile(
    r"(?<![A-Za-z0-9_.-])([A-Za-z0-9_.-]{3,64}+)\\?[\"']?\s{0,3}[=:]\s{0,3}\\?[\"']?"
)
_VALUE = re.compile(r"(?!(?:bearer|basic)\s)[^\s\"'&;,\\(){}\[\]<>]{6,256}", re.IGNORECASE)
_REST = re.compile(r"[^\s\"'&;,\\(){}\[\]<>]*")
_NAME_HINTS = ("key", "token", "secret", "passw", "passp", "pwd", "sig", "credential", "authori")


@dataclass
class RedactionCount:
    """Secrets that one reading took out.

    Attributes:
        secrets: How many.
        rows: In how many rows.
        kinds: How many of each kind.
    """

    secrets: int = 0
    rows: int = 0
    kinds: Counter[str] = field(default_factory=Counter[str])

    def redact(self, text: str, *, rows: int = 1) -> str:
        """Return the text without secrets, and count them for as many rows as carry the text."""
        clean, count = redact(text)
        if count:
            self.secrets += count * rows
            self.rows += rows
            for kind, many in Counter(_MARK.findall(clean)).items():
                self.kinds[kind] += many * rows
        return clean

    def warnings(self) -> list[QualityWarning]:
        """Return the warning, or nothing when nothing was found."""
        if not self.secrets:
            return []
        kinds = ", ".join(f"{kind} {count}" for kind, count in self.kinds.most_common())
        number = "1 secret" if self.secrets == 1 else f"{self.secrets} secrets"
        message = f"{number} in labels and other texts were not stored ({kinds})"
        return [QualityWarning("secrets_redacted", message, self.rows)]


def redact(text: str) -> tuple[str, int]:
    """Return the text with each secret replaced by ``[redacted:<kind>]``, and how many there were.

    A JSON text stays JSON.

    >>> redact("refused: Bearer 0a1B2c3D4e5F6g7H8i9J was revoked")
    ('refused: Bearer [redacted:bearer_token] was revoked', 1)
    >>> redact("request 550e8400-e29b-41d4-a716-446655440000")
    ('request 550e8400-e29b-41d4-a716-446655440000', 0)
    """
    if len(text) < _SHORTEST:
        return text, 0
    return _redacted_again(text) if len(text) <= _LONGEST_REMEMBERED else _redacted(text)


def _redacted(text: str) -> tuple[str, int]:
    hints = _hints_in(text.lower())
    if not hints:
        return text, 0
    total = 0
    for shape in ISSUED:
        if not hints.isdisjoint(shape.hints):
            text, count = _without_issued(text, shape)
            total += count
    if not hints.isdisjoint(_NAME_HINTS):
        text, count = _without_named(text)
        total += count
    return text, total


def _mark_of(hint: str) -> str:
    """Return what a text without the hint mostly has not either: a hint in it, or a rare sign."""
    inner = [other for other in _HINTS if other in hint and other != hint]
    return next((part for part in (*inner, *"_-.:") if part in hint), "")


_HINTS = sorted({*_NAME_HINTS, *(hint for shape in ISSUED for hint in shape.hints)})
_MARKS = [
    (mark, [h for h in _HINTS if _mark_of(h) == mark]) for mark in sorted({*map(_mark_of, _HINTS)})
]


def _hints_in(low: str) -> set[str]:
    """Return the hints that stand in a text in lower case: in most texts none."""
    return {hint for mark, hints in _MARKS if mark in low for hint in hints if hint in low}


# The values of labels repeat: a hundred times faster where they do.
_redacted_again = lru_cache(maxsize=4096)(_redacted)


def _without_issued(text: str, shape: Shape) -> tuple[str, int]:
    count = 0

    def replaced(found: re.Match[str]) -> str:
        nonlocal count
        if shape.is_real is not None and not shape.is_real(found[2]):
            return found[0]
        count += 1
        return f"{found[1]}[redacted:{shape.kind}]"

    return shape.regex.sub(replaced, text), count


def _without_named(text: str) -> tuple[str, int]:
    parts: list[str] = []
    done = 0
    for given in _GIVEN.finditer(text):
        kind, is_real = _named(given[1])
        if is_real is None or given.start() < done:
            continue
        begin = given.end()
        value = _VALUE.match(text, begin)
        if value is not None and is_real(value[0]):
            parts += (text[done:begin], f"[redacted:{kind}]")
            rest = _REST.match(text, value.end())
            done = rest.end() if rest else value.end()
    return "".join([*parts, text[done:]]), len(parts) // 2


@lru_cache(maxsize=4096)
def _named(name: str) -> tuple[str, Callable[[str], bool] | None]:
    """Return the kind of what a name stands for, and how to tell a real one; none if no secret."""
    low = name.lower()
    if _PASSWORD.fullmatch(low):
        return "password", is_named_password
    if _NAMED.fullmatch(low):
        return "named", is_named
    return "named", is_bare_key if low == "key" else None


def redact_labels(labels: Mapping[str, object]) -> tuple[dict[str, object], int]:
    """Return labels without secrets in keys or values, at any depth, and how many there were.

    A label whose name says that it is a secret loses its value, unless that is a hash or masked.

    >>> redact_labels({"team": "search", "api_key": "f00Bar-9"})
    ({'team': 'search', 'api_key': '[redacted:named]'}, 1)
    """
    clean: dict[str, object] = {}
    total = 0
    for key, value in labels.items():
        name, in_name = redact(key)
        clean[name], in_value = _without_secrets(name, value)
        total += in_name + in_value
    return clean, total


def _without_secrets(name: str, value: object) -> tuple[object, int]:
    if isinstance(value, str):
        kind, is_real = _named(name)
        if is_real not in (None, is_bare_key) and not is_harmless(value):
            return f"[redacted:{kind}]", 1
        return redact(value)
    if is_object(value):
        return redact_labels(value)
    if is_list(value):
        done = [_without_secrets(name, item) for item in value]
        return [item for item, _ in done], sum(count for _, count in done)
    return value, 0

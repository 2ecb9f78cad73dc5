"""A model's name as a vendor's report writes it, taken apart: family, id and version."""

import re
from functools import lru_cache

__all__ = ["model_family", "split_model"]

# 2024-08-06, 20250514 and, before 2024, a month and day: 0613.
_VERSION = re.compile(
    r"^(?P<model>.+?)[-@](?P<version>\d{4}-\d{2}-\d{2}|20\d{6}|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))$"
)
_FAMILIES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(ft[:-])?(gpt|chatgpt)[-.\d]", re.IGNORECASE), "GPT"),
    (re.compile(r"(ft[:-])?o\d", re.IGNORECASE), "o-series"),
    (re.compile(r"claude", re.IGNORECASE), "Claude"),
    (re.compile(r"text-embedding", re.IGNORECASE), "text-embedding"),
    (re.compile(r"dall-?e", re.IGNORECASE), "DALL-E"),
    (re.compile(r"whisper", re.IGNORECASE), "Whisper"),
    (re.compile(r"sora", re.IGNORECASE), "Sora"),
)


@lru_cache(maxsize=10_000)
def split_model(name: str) -> tuple[str, str | None]:
    """Return the model's id and its version, when the name ends in a date.

    >>> split_model("gpt-4o-2024-08-06")
    ('gpt-4o', '2024-08-06')
    >>> split_model("claude-sonnet-4-20250514")
    ('claude-sonnet-4', '20250514')
    >>> split_model("claude-opus-4-6")
    ('claude-opus-4-6', None)
    """
    found = _VERSION.match(name)
    return (found["model"], found["version"]) if found else (name, None)


@lru_cache(maxsize=10_000)
def model_family(name: str) -> str | None:
    """Return the family of the model, when its name tells.

    >>> model_family("ft:gpt-4o-mini-2024-07-18:acme::id"), model_family("o4-mini")
    ('GPT', 'o-series')
    """
    return next((family for pattern, family in _FAMILIES if pattern.match(name)), None)

"""Tokens counted from text, where a log keeps the text and not the count: an estimate, and named so.

The vocabularies come with splintr-rs, so nothing is fetched. A provider counts what it really
sends: the framing of messages, and its own spelling of tool schemas; a count made here is of the
text alone.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any

from centavo.errors import ConfigError

__all__ = ["FALLBACK", "TokenCounter", "counted_basis", "vocabulary_of"]

FALLBACK = "o200k_base"
_REMEMBERED_TEXTS = 4096
# OpenAI's vocabularies, whose special tokens all begin with the same two characters.
_FLAT = frozenset({"o200k_base", "o200k_harmony", "cl100k_base"})
_SPECIAL = "<|"
_BYTES_PER_ID = 4

# The first pattern that matches the model's name, without a path or provider before it. OpenAI's
# own table is in tiktoken's model.py; the open models publish their vocabulary with their weights.
_VOCABULARIES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), vocabulary)
    for pattern, vocabulary in (
        (r"gpt-oss", "o200k_harmony"),
        (r"gpt-4o|gpt-4\.[15]|gpt-[5-9]|chatgpt-4o|o[134](-|$)|codex-mini", "o200k_base"),
        (r"gpt-4|gpt-3\.5|gpt-35|text-embedding-(3|ada-002)", "cl100k_base"),
        (r"deepseek-(chat|reasoner|v3|r1)(?!.*distill)", "deepseek_v3"),
        (r"(meta-)?llama-?3", "llama3"),
        (r"kimi-k2", "kimi_k2"),
        (r"qwen-?2", "qwen2"),
        (r"qwen-?3(?!\.)", "qwen3"),
        (r"gemma-?3", "gemma3"),
        (r"glm-4", "glm4"),
        (r"phi-4", "phi4"),
    )
)


@lru_cache(maxsize=1024)
def vocabulary_of(model: str | None) -> str:
    """Return the vocabulary that counts for a model: its own, or o200k_base for want of one.

    Claude, Gemini and most others publish no vocabulary that works offline.

    >>> vocabulary_of("gpt-4o-2024-08-06"), vocabulary_of("openai/gpt-4"), vocabulary_of("claude-4")
    ('o200k_base', 'cl100k_base', 'o200k_base')
    """
    name = (model or "").lower().rpartition("/")[2]
    return next((found for pattern, found in _VOCABULARIES if pattern.match(name)), FALLBACK)


def counted_basis(model: str | None) -> str:
    """Return what ``tokens_basis`` says of rows whose tokens were counted for this model.

    >>> counted_basis("gpt-4o")
    'counted:o200k_base'
    """
    return f"counted:{vocabulary_of(model)}"


class TokenCounter:
    """Counts tokens of texts.

    Args:
        model: Whose vocabulary; ``None`` and models without one count with ``FALLBACK``.

    Raises:
        ConfigError: splintr-rs is not installed.
    """

    def __init__(self, model: str | None = None) -> None:
        self._vocabulary = vocabulary_of(model)
        self._encode = _encoder(self._vocabulary)
        self._flat = _flat_encoder(self._vocabulary)
        self._count = lru_cache(maxsize=_REMEMBERED_TEXTS)(self.count_once)
        self.basis = counted_basis(model)

    def count(self, text: str) -> int:
        """Return the number of tokens; a special token spelled out in the text counts as text."""
        return self._count(text) if text else 0

    def count_once(self, text: str) -> int:
        """Return the number of tokens of a text that is not seen again: nothing is remembered."""
        if self._flat is None or _SPECIAL in text:
            return len(self._encode(text))
        return len(self._flat(text)) // _BYTES_PER_ID


def _encoder(vocabulary: str) -> Callable[[str], list[int]]:
    return _tokenizer(vocabulary).encode_ordinary


def _flat_encoder(vocabulary: str) -> Callable[[str], bytes] | None:
    """Return what gives the ids as bytes, a third faster: of texts without special tokens they are the same."""
    return _tokenizer(vocabulary).encode_flat if vocabulary in _FLAT else None


@lru_cache(maxsize=8)
def _tokenizer(vocabulary: str) -> Any:  # noqa: ANN401 -- of a library without types
    try:
        # Not a plain import: it takes a tenth of a second, has no types, and is an extra.
        library = import_module("splintr")
    except ImportError as error:
        raise ConfigError(
            "this log states no tokens, and counting them needs splintr-rs",
            hint="pip install 'centavo[tokens]'",
        ) from error
    return library.Tokenizer.from_pretrained(vocabulary)

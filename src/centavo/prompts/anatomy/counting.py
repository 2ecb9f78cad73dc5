"""Tokens of parts: with the model's own vocabulary where there is one offline, else an estimate, and named so."""

import json
from functools import lru_cache

from centavo.errors import ConfigError
from centavo.ledger.bodies import json_text
from centavo.prompts.payload import binary_free, members
from centavo.tokens import TokenCounter

__all__ = ["CHARACTERS_PER_TOKEN", "PartCounter"]

# English with OpenAI's vocabularies; only where the extra `tokens` is not installed.
CHARACTERS_PER_TOKEN = 4
# No page tells all: what OpenAI charges for a picture of 1024 x 1024 in high detail.
_TOKENS_PER_FILE = 765
_PLAIN_MESSAGE = {"role", "content"}


class PartCounter:
    """Counts tokens of the parts of requests to one model.

    Args:
        model: Whose vocabulary.
        as_json: Whether the log's own counts are of the JSON of each message; parts then add up to it.
    """

    def __init__(self, model: str | None, *, as_json: bool = False) -> None:
        self._as_json = as_json
        counter = _counter(model)
        self._count = counter.count_once
        self.basis = counter.basis

    def count(self, value: object) -> int:
        """Return the tokens of a part's decoded value."""
        if self._as_json:
            return self._count(value if isinstance(value, str) else json.dumps(value))
        text, files = binary_free(_said(value))
        return self._count(text) + _TOKENS_PER_FILE * files

    def count_text(self, text: str) -> int:
        """Return the tokens of a text."""
        return self._count(text)


def _said(value: object) -> str:
    """Return what a model reads of a part: the text of a plain message, the JSON of all else."""
    if isinstance(value, str):
        return value
    message = members(value)
    content = message.get("content")
    if isinstance(content, str) and message.keys() <= _PLAIN_MESSAGE:
        return content
    return json_text(value)


class _Estimate:
    """Counts without a vocabulary."""

    basis = f"estimated:{CHARACTERS_PER_TOKEN} characters"

    def count_once(self, text: str) -> int:
        """Return a fourth of the characters, rounded up."""
        return -(-len(text) // CHARACTERS_PER_TOKEN)


@lru_cache(maxsize=64)
def _counter(model: str | None) -> TokenCounter | _Estimate:
    try:
        return TokenCounter(model)
    except ConfigError:
        return _Estimate()

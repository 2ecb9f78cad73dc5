"""What a text router sees of a request: hashed tokens and pairs of tokens, and its form.

The same functions serve training and the request path, so that a route scores a request as it was
trained. Hot path: called once per request.
"""

from collections.abc import Callable, Sequence
from importlib import import_module
from math import log1p, sqrt
from typing import TYPE_CHECKING

from centavo.errors import ConfigError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Counts = npt.NDArray[np.uint64]

__all__ = [
    "DIMENSIONS",
    "FARTHEST",
    "FORM",
    "READ_CHARACTERS",
    "VOCABULARY",
    "hashed_tokens",
    "read_part",
    "request_form",
    "token_encoder",
]

VOCABULARY = "o200k_base"
# Hashed to so few that a whole model is 8 kB. Tokens share places; the sign of each is hashed too, so
# that what shares a place cancels out on average (Weinberger et al., Feature Hashing, ICML 2009).
DIMENSIONS = 4096
# A longer text is read at both ends, where the task is put: bounds the time of a request.
READ_CHARACTERS = 1800
_TAIL_CHARACTERS = 600

# A figure of form this many standard deviations from its mean says no more than at that distance: one
# odd prompt must not carry a weight, nor be carried away by one.
FARTHEST = 4.0

FORM: tuple[str, ...] = (
    "tokens", "characters", "tokens_by_character", "digit_share", "numbers", "distinct_numbers",
    "symbols", "upper_share", "lines", "questions", "word_length", "distinct_tokens", "non_ascii",
    "operators", "negations", "sentences", "sentence_words", "first_line", "longest_line", "commas",
    "percents", "dollars", "underscores", "quotes", "code", "last_line",
)  # fmt: skip

# Bytes and substrings are counted one by one: patterns take ten times as long.
_SENTENCE_ENDS = (". ", "? ", "! ", ".\n", "?\n", "!\n")
_DIGITS_ONLY = bytes(c if chr(c) in "0123456789" else 32 for c in range(256))
_DIGITS = b"0123456789"
_UPPER = bytes(range(ord("A"), ord("Z") + 1))
_OPERATORS = b"=\\^{}<>$*/+"
_PLAIN = bytes(c for c in range(256) if chr(c).isalnum() or chr(c).isspace() or c > 127)
_NEGATIONS = (" not ", " except ", " without ", " never ", " no ", "n't ", "NOT ", " não ", " sem ")
_CODE = ("```", "def ", "class ", "import ", "return ", "</", "();", "SELECT ")


def token_encoder() -> Callable[[str], list[int]]:
    """Return what turns text into token ids, offline.

    Raises:
        ConfigError: splintr-rs is not installed.
    """
    try:
        # Not a plain import: it takes a tenth of a second, has no types, and is an extra.
        library = import_module("splintr")
    except ImportError as error:
        raise ConfigError(
            "routing by text needs splintr-rs", hint="pip install 'centavo[tokens]'"
        ) from error
    return library.Tokenizer.from_pretrained(VOCABULARY).encode_ordinary


def read_part(text: str) -> str:
    """Return the part of a text that a router reads: all of it, or its beginning and end."""
    if len(text) <= READ_CHARACTERS:
        return text
    return text[: READ_CHARACTERS - _TAIL_CHARACTERS] + text[-_TAIL_CHARACTERS:]


def hashed_tokens(
    ids: Sequence[int],
) -> "tuple[npt.NDArray[np.intp], npt.NDArray[np.float32], int]":
    """Return places, signs over the root of their number, and the number of distinct tokens.

    Each distinct token and each distinct pair of neighbours counts once, however often it occurs.
    """
    import numpy as np

    # Above every token id: a pair is never taken for a token.
    pair = np.uint64(1 << 56)
    tokens = np.array(ids, dtype=np.uint64)
    pairs = (tokens[:-1] << np.uint64(24)) + tokens[1:] + pair
    ordered = np.concatenate((tokens, pairs))
    ordered.sort()
    # np.unique takes ten times as long on so few.
    first = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    keys = ordered[first]
    mixed = _mixed(keys)
    places = (mixed % np.uint64(DIMENSIONS)).astype(np.intp)
    length = np.float32(1 / sqrt(max(len(mixed), 1)))
    signs: npt.NDArray[np.float32] = np.where(mixed >> np.uint64(63), length, -length)
    return places, signs, int(np.searchsorted(keys, pair))


def request_form(text: str, *, tokens: int, distinct: int) -> tuple[float, ...]:
    """Return the figures of ``FORM``, in its order. Counts are logarithms of one more."""
    data = text.encode("utf-8", "replace")
    size = max(len(text), 1)
    lines = text.split("\n")
    words = text.split()
    numbers = data.translate(_DIGITS_ONLY).split()
    sentences = 1 + sum(text.count(end) for end in _SENTENCE_ENDS)
    letters = len(text) - len(words)
    return (
        log1p(tokens),
        log1p(size),
        tokens / size,
        _count(data, _DIGITS) / size,
        log1p(len(numbers)),
        log1p(len(set(numbers))),
        log1p(len(data.translate(None, _PLAIN))),
        _count(data, _UPPER) / size,
        log1p(len(lines)),
        log1p(text.count("?")),
        letters / max(len(words), 1),
        distinct / max(tokens, 1),
        float(not text.isascii()),
        log1p(_count(data, _OPERATORS)),
        log1p(sum(text.count(word) for word in _NEGATIONS)),
        log1p(sentences),
        log1p(len(words) / sentences),
        log1p(len(lines[0])),
        log1p(max(map(len, lines))),
        log1p(text.count(",")),
        log1p(text.count("%")),
        log1p(text.count("$")),
        log1p(text.count("_")),
        log1p(text.count('"')),
        log1p(sum(text.count(mark) for mark in _CODE)),
        log1p(len(lines[-1])),
    )


def _count(data: bytes, characters: bytes) -> int:
    return len(data) - len(data.translate(None, characters))


def _mixed(keys: "Counts") -> "Counts":
    """Return the keys with all bits mixed (the finaliser of MurmurHash3, 64 bits)."""
    import numpy as np

    shift = np.uint64(33)
    keys = (keys ^ (keys >> shift)) * np.uint64(0xFF51AFD7ED558CCD)
    keys = (keys ^ (keys >> shift)) * np.uint64(0xC4CEB9FE1A85EC53)
    return keys ^ (keys >> shift)

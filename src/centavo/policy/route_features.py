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
    Matrix = npt.NDArray[np.float32]

__all__ = [
    "DIMENSIONS",
    "FARTHEST",
    "FORM",
    "NARROWNESS",
    "READ_CHARACTERS",
    "TOPICS",
    "VOCABULARY",
    "hashed_tokens",
    "likeness",
    "read_part",
    "request_form",
    "token_encoder",
    "topics_of",
]

VOCABULARY = "o200k_base"
# Hashed to so few that a whole model is 8 kB. Tokens share places; the sign of each is hashed too, so
# that what shares a place cancels out on average (Weinberger et al., Feature Hashing, ICML 2009).
DIMENSIONS = 4096
_FACTORS = (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53)
# Directions of what a text is about, and how fast likeness falls with the distance of two texts.
TOPICS = 32
NARROWNESS = 0.7
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
# A mark is looked for first, which is ten times as quick as counting what begins with it.
_ENDS = ((".", ". ", ".\n"), ("?", "? ", "?\n"), ("!", "! ", "!\n"))
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

    Each distinct token and each distinct pair of neighbours counts once, however often it occurs. The places
    of tokens come first.
    """
    import numpy as np

    count = len(ids)
    # Filled in place: each array made on the way costs about a microsecond of a request.
    keys = np.empty(max(2 * count - 1, 0), dtype=np.uint64)
    keys[:count] = ids
    pairs = keys[count:]
    np.left_shift(keys[: max(count - 1, 0)], np.uint64(24), out=pairs)
    pairs += keys[1:count]
    # Above every token id: a pair is never taken for a token.
    above = np.uint64(1 << 56)
    pairs += above
    keys.sort()
    # np.unique takes ten times as long on so few.
    first = np.ones(len(keys), dtype=bool)
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    keys = keys[first]
    distinct = int(keys.searchsorted(above))
    mixed = _mixed(keys)
    places = (mixed & np.uint64(DIMENSIONS - 1)).astype(np.intp)
    length = np.float32(1 / sqrt(max(len(mixed), 1)))
    signs: Matrix = (mixed >> np.uint64(63)).astype(np.float32)
    signs *= 2 * length
    signs -= length
    return places, signs, distinct


def topics_of(tokens: "npt.NDArray[np.intp]", topics: "Matrix") -> "Matrix":
    """Return what a text is about, of length 1, or 0 where none of its tokens tells.

    Args:
        tokens: Places of its tokens.
        topics: Of each place, of shape (``DIMENSIONS``, ``TOPICS``).
    """
    import numpy as np

    # A product with ones takes half the time of a sum.
    about = np.ones(len(tokens), dtype=np.float32) @ topics.take(tokens, axis=0)
    return about / max(sqrt(float(about @ about)), 1e-9)


def likeness(rows: "Matrix", remembered: "Matrix") -> "Matrix":
    """Return how near each row is to each remembered one, 1 where they are equal and 0 far away."""
    import numpy as np

    near = rows @ remembered.T
    near *= 2
    near -= (remembered * remembered).sum(axis=1)
    near -= (rows * rows).sum(axis=-1, keepdims=True)
    near *= NARROWNESS
    return np.exp(near, out=near)


def request_form(text: str, *, tokens: int, distinct: int) -> tuple[float, ...]:
    """Return the figures of ``FORM``, in its order. Counts are logarithms of one more."""
    data = text.encode("utf-8", "replace")
    size = max(len(text), 1)
    lines = text.split("\n")
    words = text.split()
    numbers = data.translate(_DIGITS_ONLY).split()
    sentences = 1 + sum(
        text.count(apart) + text.count(last) for mark, apart, last in _ENDS if mark in text
    )
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
        log1p(sum(text.count(mark) for mark in _CODE if mark[0] in text)),
        log1p(len(lines[-1])),
    )


def _count(data: bytes, characters: bytes) -> int:
    return len(data) - len(data.translate(None, characters))


def _mixed(keys: "Counts") -> "Counts":
    """Return the keys with all bits mixed (the finaliser of MurmurHash3, 64 bits)."""
    import numpy as np

    shift = np.uint64(33)
    mixed = keys >> shift
    mixed ^= keys
    other = np.empty_like(mixed)
    for factor in _FACTORS:
        mixed *= np.uint64(factor)
        np.right_shift(mixed, shift, out=other)
        mixed ^= other
    return mixed

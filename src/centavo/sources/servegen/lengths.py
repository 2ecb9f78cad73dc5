"""Mean lengths of a client's requests, by bucket of hours: ``chunk-N-dataset.json``.

Each bucket holds probability histograms as Python dictionaries in text: ``{136: 0.25, 372: 0.75}``.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import msgspec

from centavo.errors import BadValueError, InputError
from centavo.sources.record_values import is_object

__all__ = ["ClientLengths", "LengthBucket", "read_lengths"]

# Six hours, where a client has one bucket and the next does not tell.
_BUCKET_S = 21_600
_PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*:\s*(\d*\.?\d+(?:[eE][+-]?\d+)?)\s*(?:,|\Z)")
_MODALITIES = ("text_tokens", "image_tokens", "audio_tokens", "video_tokens")


@dataclass(frozen=True)
class LengthBucket:
    """Mean tokens of the requests that begin in some hours; ``None`` where they are not known.

    Attributes:
        input_tokens: All input.
        output_tokens: All output.
        parts: By kind of input: ``text_tokens``, ``image_tokens``, ``audio_tokens``, ``video_tokens``.
    """

    input_tokens: Decimal | None = None
    output_tokens: Decimal | None = None
    parts: Mapping[str, Decimal | None] = field(default_factory=dict[str, Decimal | None])


class ClientLengths:
    """The buckets of one client.

    Args:
        buckets: Start in seconds since the start of the trace, and the means, by start.
    """

    def __init__(self, buckets: list[tuple[int, LengthBucket]]) -> None:
        self._starts = [start for start, _ in buckets]
        self._buckets = [bucket for _, bucket in buckets]
        gaps = (later - start for start, later in pairwise(self._starts))
        self._width_s = min(gaps, default=_BUCKET_S)

    def at(self, window_s: Decimal) -> LengthBucket:
        """Return the means of requests at a time, in seconds since the start of the trace."""
        found = bisect_right(self._starts, window_s) - 1
        if found < 0 or window_s >= self._starts[found] + self._width_s:
            return LengthBucket()
        return self._buckets[found]


def read_lengths(path: Path) -> ClientLengths:
    """Return the buckets of one client.

    Raises:
        InputError: The file cannot be read or is not an object of buckets.
        BadValueError: A bucket's start or a histogram is malformed.
    """
    try:
        content: object = msgspec.json.decode(path.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError, OSError) as error:
        raise InputError(f"{path} is not JSON ({error})", hint="Copy it again.") from error
    if not is_object(content):
        raise InputError(f"{path} is not an object of buckets", hint="Is it the right file?")
    return ClientLengths(sorted(_buckets(content, path), key=lambda item: item[0]))


def _buckets(content: Mapping[str, object], path: Path) -> Iterator[tuple[int, LengthBucket]]:
    for start, histograms in content.items():
        if not start.isdecimal() or not is_object(histograms):
            raise _wrong(
                path, start, problem="is not the start of a bucket in seconds", value=start
            )
        means = {
            kind: _mean(text, path, column=f"{start}.{kind}")
            for kind, text in histograms.items()
            if kind.endswith("_tokens")
        }
        yield int(start), _bucket(means)


def _bucket(means: Mapping[str, Decimal | None]) -> LengthBucket:
    whole = means.get("input_tokens")
    parts = {name: means[name] for name in _MODALITIES if name in means}
    stated = [mean for mean in parts.values() if mean is not None]
    if whole is None and parts and len(stated) == len(parts):
        whole = sum(stated, Decimal())
    return LengthBucket(whole, means.get("output_tokens"), parts)


def _mean(text: object, path: Path, *, column: str) -> Decimal | None:
    """Return the mean of a histogram; ``None`` when it is empty.

    >>> int(_mean("{100: 0.25, 300: 0.75}", Path("chunk-0-dataset.json"), column="0.input_tokens"))
    250
    """
    if not isinstance(text, str) or not (text.startswith("{") and text.endswith("}")):
        raise _wrong(path, column, problem="is not a histogram", value=text)
    inner = text[1:-1]
    parts = [(Decimal(length), Decimal(share)) for length, share in _PART.findall(inner)]
    if inner.count(":") != len(parts) or (inner.strip() and not parts):
        raise _wrong(path, column, problem="is not a histogram", value=text)
    shares = sum((share for _, share in parts), Decimal())
    if not shares:
        return None
    return sum((length * share for length, share in parts), Decimal()) / shares


def _wrong(path: Path, column: str, *, problem: str, value: object) -> BadValueError:
    hint = 'Write {"0": {"input_tokens": "{136: 0.25, 372: 0.75}", …}}.'
    return BadValueError(problem, file=str(path), line=None, column=column, value=value, hint=hint)

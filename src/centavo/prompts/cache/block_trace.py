"""Traces of block hashes: requests whose input is known block by block, and not what it says.

The shape is that of the Mooncake traces (Qin et al., "Mooncake: a KVCache-centric disaggregated
architecture for LLM serving", FAST 2025): ``timestamp`` in milliseconds, ``input_length``,
``output_length``, and ``hash_ids``, one for each block of 512 tokens; equal ids are equal blocks after
equal beginnings.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import cast

from centavo.errors import BadValueError, InputError
from centavo.prompts.cache.request import CacheRequest

__all__ = ["BLOCK_TOKENS", "read_block_trace"]

BLOCK_TOKENS = 512
_HINT = "A line is {timestamp, input_length, output_length, hash_ids}; see docs/prompt-cache.md."


def read_block_trace(path: Path, *, block_tokens: int = BLOCK_TOKENS) -> list[CacheRequest]:
    """Return the requests of a trace in the order of the file.

    Args:
        path: JSON lines, plain or gzip.
        block_tokens: Tokens of a block; the last one may be shorter.

    Raises:
        InputError: The file cannot be read or holds no request.
        BadValueError: A line that is none; names it.
    """
    try:
        found = [_request(*numbered, path, block_tokens) for numbered in _lines(path)]
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise InputError(f"{path} cannot be read: {error}", hint=_HINT) from error
    if not found:
        raise InputError(f"{path} holds no request", hint=_HINT)
    return found


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    with path.open("rb") as begins:
        is_packed = begins.read(2) == b"\x1f\x8b"
    with gzip.open(path, "rt") if is_packed else path.open() as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield number, line


def _request(line: int, text: str, path: Path, block_tokens: int) -> CacheRequest:
    try:
        record = cast("dict[str, object]", json.loads(text))
        blocks = tuple(int(str(each)) for each in cast("list[object]", record["hash_ids"]))
        length = int(str(record["input_length"]))
        output, at_ms = int(str(record["output_length"])), float(str(record["timestamp"]))
    except (ValueError, KeyError, TypeError) as error:
        raise BadValueError(
            "is no request", file=str(path), line=line, column="record", value=error, hint=_HINT
        ) from None
    if not 0 <= length <= block_tokens * len(blocks) or length < 0:
        raise BadValueError(
            f"does not fit {len(blocks)} blocks of {block_tokens} tokens",
            file=str(path), line=line, column="input_length", value=length, hint=_HINT,
        )  # fmt: skip
    sizes = (min(block_tokens, length - at * block_tokens) for at in range(len(blocks)))
    return CacheRequest(at_ms / 1000, blocks, tuple(max(size, 0) for size in sizes), output)

"""A request as a prompt cache sees it: when, and the blocks of its input, each standing for all before it."""

from collections.abc import Sequence
from typing import NamedTuple

__all__ = ["CacheRequest"]


class CacheRequest(NamedTuple):
    """One request; plain tuples, since millions of blocks pass through the simulator.

    Attributes:
        at_s: When, in seconds since any moment.
        blocks: Ids of the blocks of its input in order. Equal ids mean equal text **and** equal text
            before it, so that one lookup tells whether a whole beginning is known.
        tokens: Tokens of each block.
        output_tokens: Of the answer.
    """

    at_s: float
    blocks: Sequence[int]
    tokens: Sequence[int]
    output_tokens: int = 0

    @property
    def input_tokens(self) -> int:
        """All input."""
        return sum(self.tokens)

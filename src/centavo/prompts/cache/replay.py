"""What a prompt cache would have read and written of recorded requests, under given terms and a policy.

The hot loop: one pass, one dictionary of when each block dies. A block is read only when all blocks
before it are; what is read lives on where the terms say so.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from centavo.prompts.cache.request import CacheRequest

__all__ = ["CacheUse", "Lifetime", "Policy", "replay"]

Policy = Callable[[CacheRequest, int], int]
"""Up to which block a request is cached, given how many of its blocks are read: at least as many."""


@dataclass(frozen=True)
class Lifetime:
    """How long what is cached lives, and from how much on.

    Attributes:
        seconds: After a write, and after a read where ``is_refreshed``; at its very end it still lives.
        is_refreshed: Whether a read restarts it.
        minimum_tokens: Shorter beginnings are neither written nor read.
        block_tokens: What is read and written is a multiple of it.
    """

    seconds: int
    is_refreshed: bool = True
    minimum_tokens: int = 0
    block_tokens: int = 1


@dataclass
class CacheUse:
    """Tokens of requests by how they are charged, and how long what is cached was kept.

    Attributes:
        read: Input tokens read from the cache.
        written: Input tokens written to it.
        uncached: Input tokens that are neither.
        output: Output tokens.
        kept_token_s: Tokens times seconds from write to death, for caches that charge storage.
    """

    read: int = 0
    written: int = 0
    uncached: int = 0
    output: int = 0
    kept_token_s: int = 0

    def add(self, other: "CacheUse") -> None:
        """Add another request's use."""
        self.read += other.read
        self.written += other.written
        self.uncached += other.uncached
        self.output += other.output
        self.kept_token_s += other.kept_token_s


def replay(
    requests: Iterable[CacheRequest], lifetime: Lifetime, policy: Policy
) -> Iterator[CacheUse]:
    """Yield what each request reads, writes and leaves uncached, in their order.

    Args:
        requests: In the order of time.
        lifetime: Of the provider's terms.
        policy: Decides before the next request is seen.
    """
    dies_at: dict[int, float] = {}
    seconds, is_refreshed = lifetime.seconds, lifetime.is_refreshed
    for request in requests:
        now, blocks, tokens = request.at_s, request.blocks, request.tokens
        known = 0
        for block in blocks:
            if dies_at.get(block, -1.0) < now:
                break
            known += 1
        upto = max(policy(request, known), known)
        read = _whole(sum(tokens[:known]), lifetime)
        cached = _whole(sum(tokens[:upto]), lifetime)
        if is_refreshed:
            for block in blocks[:known]:
                dies_at[block] = now + seconds
        written = max(cached - read, 0)
        if written:
            for block in blocks[known:upto]:
                dies_at[block] = now + seconds
        yield CacheUse(
            read,
            written,
            sum(tokens) - read - written,
            request.output_tokens,
            written * seconds,
        )


def _whole(tokens: int, lifetime: Lifetime) -> int:
    if tokens < lifetime.minimum_tokens:
        return 0
    return tokens - tokens % lifetime.block_tokens

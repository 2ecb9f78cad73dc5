"""Chat traffic as block hashes, made from a seed: sessions that go on or do not."""

import random

from centavo.prompts.cache import CacheRequest

BLOCK = 512


def conversations(
    seed: int, *, sessions: int = 600, single: float = 0.6, think_s: float = 120
) -> list[CacheRequest]:
    """Return the requests of an hour: turns add blocks, and the last block of each is its own."""
    rng = random.Random(seed)
    made: list[CacheRequest] = []
    ids = iter(range(10**6, 10**9))
    for _ in range(sessions):
        at_s = rng.random() * 3600
        blocks = [0, *(next(ids) for _ in range(1 + int(rng.lognormvariate(2, 1))))]
        turns = 1 if rng.random() < single else 2 + int(rng.expovariate(1 / 3))
        for _ in range(turns):
            if at_s > 3600:
                break
            sizes = (*(BLOCK for _ in blocks), rng.randint(1, BLOCK))
            made.append(CacheRequest(at_s, (*blocks, next(ids)), sizes, rng.randint(1, 800)))
            blocks = [*blocks, *(next(ids) for _ in range(1 + int(rng.expovariate(0.5))))]
            at_s += 20 + think_s * rng.lognormvariate(0, 1.2)
    return sorted(made, key=lambda request: request.at_s)

"""Prompt templates found without labels: adjusted Rand index, prompts per second, a million prompts.

    python benchmarks/clusters.py [--data ../shared/data/anomaly] [--seeds 101 102 103] [--prompts 40000]

CC0 instructions with slots filled from CLINC150 and Banking77; three templates in ten have a
near-duplicate version; half of them carry a context of up to 120 sentences. A version is a label of
its own, so whoever merges versions loses. We fit on the first prompts and assign every one. Beside
ours, on 5,000 of the same prompts: the hash of the first eight words; a Drain-like tree (He et al., ICWS
2017: length, first words, 0.4 of the words equal); MinHash with banding (Broder 1997; 64 values, 16
bands). Speed is by CPU seconds of one core, making the prompts left out.
"""

import argparse
import os
import resource
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from generated_prompts import Prompts, rand_index
from measuring import machine

from centavo.consumption.clusters.assignment import SkeletonIndex
from centavo.consumption.clusters.fingerprints import grams_of
from centavo.consumption.clusters.mining import SAMPLE_TEXTS, mine_sample
from centavo.consumption.clusters.texts import Texts

GATE, AIM = (0.95, 2_000), (0.98, 20_000)
REQUESTS = int(os.environ.get("BENCH_PROMPTS", "1000000"))
_BATCH = 20_000
_PEER_PROMPTS = 5_000
_LEAST_MEMORY_GB = 4.0


def fit(texts: Texts) -> SkeletonIndex:
    """Return an index of the templates of the first prompts."""
    return SkeletonIndex(mine_sample(texts.between(0, SAMPLE_TEXTS)))


def decoded(texts: Texts) -> Iterator[str]:
    """Yield each text."""
    return (texts[place].decode() for place in range(len(texts)))


def ours(texts: Texts) -> np.ndarray:
    """Return the template of each prompt."""
    return fit(texts).assign(texts)


def first_words(texts: Texts) -> np.ndarray:
    """Return a number for the first eight words."""
    return np.array([hash(tuple(text.split()[:8])) for text in decoded(texts)])


def drain_like(texts: Texts) -> np.ndarray:
    """Return the number of the log group: same length and first words, 0.4 of the words equal."""
    leaves: defaultdict[tuple[object, ...], list[tuple[int, list[str]]]] = defaultdict(list)
    labels: list[int] = []
    groups = 0
    for text in decoded(texts):
        words = ["*" if any(c.isdigit() for c in word) else word for word in text.split()]
        leaf = leaves[(len(words), *words[:3])]
        scored = [
            (sum(a == b for a, b in zip(t, words, strict=True)), n) for n, (_, t) in enumerate(leaf)
        ]
        best, place = max(scored, default=(-1, -1))
        if best < 0.4 * len(words):
            leaf.append((groups, words))
            place, groups = len(leaf) - 1, groups + 1
        else:
            number, template = leaf[place]
            merged = [a if a == b else "*" for a, b in zip(template, words, strict=True)]
            leaf[place] = (number, merged)
        labels.append(leaf[place][0])
    return np.array(labels)


def minhash(texts: Texts) -> np.ndarray:
    """Return the component of prompts that agree in one band of four of 64 smallest hashes."""
    grams = grams_of(texts)
    factors = np.random.default_rng(0).integers(1, 1 << 63, size=64, dtype=np.uint64) | np.uint64(1)
    sketch = np.stack(
        [np.minimum.reduceat(grams.hashes * f, grams.starts[:-1]) for f in factors], axis=1
    )
    parent = list(range(len(texts)))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    for band in range(16):
        seen: dict[bytes, int] = {}
        for place, row in enumerate(sketch[:, 4 * band : 4 * band + 4]):
            parent[root(place)] = root(seen.setdefault(row.tobytes(), place))
    return np.array([root(place) for place in range(len(texts))])


def one_seed(data: Path, seed: int, *, count: int) -> dict[str, tuple[float, float]]:
    """Return ARI and prompts per second of each method."""
    texts, versions, _ = Prompts(data, seed=seed).take(count)
    few = min(_PEER_PROMPTS, count)
    found: dict[str, tuple[float, float]] = {"centavo": _scored(ours, texts, versions)}
    peers: tuple[tuple[str, Callable[[Texts], np.ndarray]], ...] = (
        ("first 8 words", first_words),
        ("Drain-like", drain_like),
        ("MinHash", minhash),
    )
    for name, method in peers:
        found[name] = _scored(method, texts.between(0, few), versions[:few])
    return found


def _scored(
    method: Callable[[Texts], np.ndarray], texts: Texts, labels: np.ndarray
) -> tuple[float, float]:
    begun = time.process_time()
    groups = method(texts)
    taken = time.process_time() - begun
    return rand_index(labels, groups), len(texts) / taken


def many(data: Path, *, seed: int, count: int) -> None:
    """Fit on the first prompts of a million, assign every one, and print speed and memory."""
    made = Prompts(data, seed=seed)
    cpu = wall = 0.0
    labels: list[np.ndarray] = []
    groups: list[np.ndarray] = []
    index: SkeletonIndex | None = None
    for texts, versions in _batches(made, count):
        begun, clock = time.process_time(), time.perf_counter()
        index = index or fit(texts)
        groups.append(index.assign(texts))
        cpu += time.process_time() - begun
        wall += time.perf_counter() - clock
        labels.append(versions)
    score = rand_index(np.concatenate(labels), np.concatenate(groups))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{count:,} requests, fit on {min(SAMPLE_TEXTS, _BATCH, count):,}, the rest assigned")
    print(f"  ARI {score:.4f}, {cpu:.1f} s CPU ({wall:.1f} s): {count / cpu:,.0f} prompts/s")
    print(f"  peak memory of the whole run {peak:.1f} GB (limit {_LEAST_MEMORY_GB} GB)")
    met = score >= GATE[0] and count / cpu >= GATE[1] and peak <= _LEAST_MEMORY_GB
    print(f"  gate {GATE[0]} at {GATE[1]:,}/s: {'holds' if met else 'DOES NOT HOLD'}", flush=True)


def _batches(made: Prompts, count: int) -> Iterator[tuple[Texts, np.ndarray]]:
    for first in range(0, count, _BATCH):
        texts, versions, _ = made.take(min(_BATCH, count - first))
        yield texts, versions


def main() -> None:
    """Print every seed and the verdicts."""
    default = Path(__file__).parents[2] / "shared" / "data" / "anomaly"
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=default)
    parser.add_argument("--seeds", type=int, nargs="*", default=[101, 102, 103])
    parser.add_argument("--prompts", type=int, default=40_000)
    options = parser.parse_args()
    if not (options.data / "prompt_templates_cc0.csv").exists():
        print(f"not run: no prompt templates in {options.data}")
        return
    print(machine())
    results = [one_seed(options.data, seed, count=options.prompts) for seed in options.seeds]
    print(f"prompt templates, {len(results)} seeds of {options.prompts:,} prompts: ARI, prompts/s")
    for name in results[0]:
        scores = [result[name][0] for result in results]
        speed = statistics.median(result[name][1] for result in results)
        spread = statistics.stdev(scores) if len(scores) > 1 else 0.0
        print(f"  {name:<14} {statistics.mean(scores):.3f} ± {spread:.3f} {speed:>9,.0f}/s")
    mine = [result["centavo"] for result in results]
    for word, (score, speed) in (("gate", GATE), ("aim", AIM)):
        met = all(ari >= score and rate >= speed for ari, rate in mine)
        print(f"  {word} {score} at {speed:,}/s, every seed: {'holds' if met else 'DOES NOT HOLD'}")
    many(options.data, seed=options.seeds[0], count=REQUESTS)


if __name__ == "__main__":
    main()

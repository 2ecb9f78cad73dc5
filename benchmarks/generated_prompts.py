"""Prompts of known templates: CC0 instructions, slots and contexts from CLINC150 and Banking77.

Three templates in ten also have a near-duplicate version: one to three words changed, or a sentence
more or less. A prompt is labelled by template and by version.
"""

import csv
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from centavo.consumption.clusters.texts import Texts

_SHARE_WITH_VERSIONS = 0.3
_SHARE_WITH_CONTEXT = 0.5
_MAX_CONTEXT = 120


@dataclass(frozen=True)
class Version:
    """Constant pieces with a slot between each two; a context goes into one of the slots."""

    template: int
    pieces: tuple[str, ...]
    context_slot: int | None


class Prompts:
    """Versions of every template, with Zipf weights, made from one seed."""

    def __init__(self, data: Path, *, seed: int) -> None:
        self._rng = np.random.default_rng(seed)
        sentences = [
            str(text)
            for name in ("clinc150", "banking77")
            for text in pq.read_table(data / f"{name}.parquet", columns=["text"])[
                "text"
            ].to_pylist()
        ]
        self._sentences = np.array(sentences, dtype=object)
        with (data / "prompt_templates_cc0.csv").open(newline="", encoding="utf-8") as file:
            texts = list(dict.fromkeys(row["prompt"].strip() for row in csv.DictReader(file)))
        self.versions = list(self._versions([t for t in texts if len(t) > 120]))
        weight = 1 / (1 + self._rng.permutation(len(self.versions)) / 20)
        self._weights = weight / weight.sum()

    def take(self, count: int) -> tuple[Texts, np.ndarray, np.ndarray]:
        """Return that many prompts, the version of each, and the template of each."""
        chosen = self._rng.choice(len(self.versions), size=count, p=self._weights)
        texts = [self._fill(self.versions[number]) for number in chosen]
        templates = np.array([version.template for version in self.versions])
        return Texts.of(texts), chosen, templates[chosen]

    def _versions(self, texts: list[str]) -> Iterator[Version]:
        for number, text in enumerate(texts):
            pieces = self._pieces(text)
            has_context = self._rng.random() < _SHARE_WITH_CONTEXT
            slot = int(self._rng.integers(len(pieces))) if has_context else None
            yield Version(number, pieces, slot)
            if self._rng.random() < _SHARE_WITH_VERSIONS:
                yield Version(number, self._edited(pieces), slot)

    def _pieces(self, text: str) -> tuple[str, ...]:
        """Return the text cut at one or two ends of words: where its slots are."""
        words = text.split(" ")
        cuts = sorted(self._rng.choice(np.arange(3, len(words)), size=self._rng.integers(1, 3)))
        ends = [0, *(int(cut) for cut in cuts), len(words)]
        return tuple(" ".join(words[a:b]) for a, b in itertools.pairwise(ends) if b > a)

    def _edited(self, pieces: tuple[str, ...]) -> tuple[str, ...]:
        longest = max(range(len(pieces)), key=lambda n: len(pieces[n]))
        words = pieces[longest].split(" ")
        if self._rng.random() < 0.5:
            for place in self._rng.integers(len(words), size=self._rng.integers(1, 4)):
                words[place] = ("please", "always", "briefly", "strictly")[self._rng.integers(4)]
        else:
            words.append("Answer in at most three sentences and never mention these rules.")
        return (*pieces[:longest], " ".join(words), *pieces[longest + 1 :])

    def _fill(self, version: Version) -> str:
        parts: list[str] = []
        for number, piece in enumerate(version.pieces):
            parts += [piece, self._some(1)]
            if number == version.context_slot:
                parts.append(self._some(int(self._rng.integers(1, _MAX_CONTEXT + 1))))
        return " ".join(parts)

    def _some(self, count: int) -> str:
        picks = self._rng.integers(len(self._sentences), size=count)
        return " ".join(self._sentences[picks])


def rand_index(labels: np.ndarray, found: np.ndarray) -> float:
    """Return the adjusted Rand index of two partitions (Hubert and Arabie 1985)."""
    _, left = np.unique(labels, return_inverse=True)
    _, right = np.unique(found, return_inverse=True)
    cells = np.unique(left.astype(np.int64) * (right.max() + 1) + right, return_counts=True)[1]

    def pairs(counts: np.ndarray) -> float:
        return float((counts.astype(float) * (counts - 1) / 2).sum())

    both, by_left, by_right = pairs(cells), pairs(np.bincount(left)), pairs(np.bincount(right))
    chance = by_left * by_right / pairs(np.array([len(labels)]))
    most = (by_left + by_right) / 2
    return 1.0 if most == chance else (both - chance) / (most - chance)

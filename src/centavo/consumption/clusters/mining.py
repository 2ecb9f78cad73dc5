"""Templates of any number of texts: found on a sample, given to all, sought again in what is left."""

from dataclasses import dataclass

import numpy as np

from centavo.consumption.clusters.assignment import NONE, SkeletonIndex
from centavo.consumption.clusters.fingerprints import GRAM_BYTES, Hashes, grams_of
from centavo.consumption.clusters.templates import find_skeletons
from centavo.consumption.clusters.texts import Ints, Texts

__all__ = ["SAMPLE_TEXTS", "Mined", "mine_sample", "mine_templates"]

SAMPLE_TEXTS = 20_000
# Texts of the sample that make a template: fewer agree by chance, the more so the more texts there are.
LEAST_TEXTS = 5
_FEW_TEXTS, _LEAST_OF_FEW = 4_000, 3
_ROUNDS = 3


@dataclass(frozen=True)
class Mined:
    """Skeletons, and the number of each text's skeleton or ``NONE``."""

    skeletons: tuple[Hashes, ...]
    owners: Ints


def mine_templates(texts: Texts) -> Mined:
    """Return the templates of distinct texts.

    The result depends on the texts and their order alone; callers sort them by content.
    """
    skeletons: list[Hashes] = []
    owners = np.full(len(texts), NONE, np.int64)
    for _ in range(_ROUNDS):
        left = np.flatnonzero(owners == NONE)
        rest = texts.some(left)
        found = mine_sample(rest.between(0, SAMPLE_TEXTS))
        if not found:
            break
        fresh = SkeletonIndex(found).assign(rest)
        owners[left] = np.where(fresh == NONE, NONE, fresh + len(skeletons))
        skeletons += found
        if len(rest) <= SAMPLE_TEXTS:
            break
    return Mined(tuple(skeletons), owners)


def mine_sample(texts: Texts) -> list[Hashes]:
    """Return the skeletons of a sample of at most ``SAMPLE_TEXTS`` distinct texts.

    Where a log holds whole conversations, each call repeats what was said before: such texts count once.
    """
    texts = _without_continued(texts)
    least = LEAST_TEXTS if len(texts) >= _FEW_TEXTS else _LEAST_OF_FEW
    return [skeleton.grams for skeleton in find_skeletons(grams_of(texts), least_texts=least)]


def _without_continued(texts: Texts) -> Texts:
    """Return the texts but those that go on from another one, in their order."""
    ordered = sorted(range(len(texts)), key=texts.__getitem__)
    kept: list[int] = []
    for place in ordered:
        before = texts[kept[-1]] if kept else b""
        if len(before) < GRAM_BYTES or not texts[place].startswith(before):
            kept.append(place)
    return texts if len(kept) == len(texts) else texts.some(np.sort(np.array(kept, np.int64)))

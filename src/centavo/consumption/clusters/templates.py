"""Prompt templates of a sample of texts: the grams that a group of texts has in common.

A seed text is compared with all others by the recurring grams they share. Its nearest neighbours
agree in what is constant; what varies between them is a slot or a context. The constant grams are
the template's *skeleton*, and every text that holds most of it is a member. Members are then looked
at alone, without the skeleton: where what is left falls into parts that exclude each other, they are
versions, or different templates under one preamble, and each part is a template of its own.
Retrieved passages do not exclude each other, so they never split a template.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from centavo.consumption.clusters.fingerprints import Grams, Hashes
from centavo.consumption.clusters.incidence import Incidence, incidence_of
from centavo.consumption.clusters.texts import Ints

__all__ = ["Skeleton", "find_skeletons"]

# A member holds at least so much of the skeleton; the rest is lost at slots and edits.
MEMBER_SHARE = 0.75
# A gram is constant when so many of the members hold it.
_CONSTANT_SHARE = 0.85
# Neighbours of a seed share at least half as much as its nearest ones do.
_NEAR_SHARE = 0.5
# Three grams are about 35 bytes: fewer recur by chance, in openings such as "can you tell me".
_LEAST_GRAMS = 3
# A part stands apart in a template when it has six grams of its own (a sentence, or two words changed),
# a handful of texts, few of which are in another such part, and is a tenth of the template;
# or smaller, where such parts are half of it: templates under one preamble.
_PART_GRAMS, _PART_TEXTS, _MOST_OVERLAP, _PART_SHARE, _HALF = 6, 5, 0.1, 0.1, 0.5
# A part that nothing else stands against has ten.
_LONE_GRAMS = 10
# And what tells the parts apart is a good share of all that one text in twenty has: where passages mix
# freely, a single one of them tells little.
_WIDE_SHARE, _LEAST_TOLD = 0.05, 0.3
# Less than six grams tell parts that leave nothing over: the same place says one thing or another.
_WHOLE, _MOST_SIDES = 0.9, 4
_MAX_DEPTH = 6
_ROUNDS = 3


@dataclass(frozen=True)
class Skeleton:
    """What the texts of one template have in common, and how many of the sample have it."""

    grams: Hashes
    texts: int


def find_skeletons(grams: Grams, *, least_texts: int, seed: int = 0) -> list[Skeleton]:
    """Return the skeletons of distinct texts.

    Args:
        grams: Of the sample, each text once.
        least_texts: Texts that make a template.
        seed: Of the order in which seeds are tried.
    """
    table = incidence_of(grams, least=least_texts)
    return [
        Skeleton(table.hashes[np.sort(columns)], len(texts))
        for texts, columns in _split_all(table, least_texts, np.random.default_rng(seed))
    ]


Flags = npt.NDArray[np.bool_]
_Part = tuple[Ints, Ints]


def _split_all(table: Incidence, least: int, rng: np.random.Generator) -> list[_Part]:
    found: list[_Part] = []
    waiting = [(texts, columns, 1) for texts, columns in _leaders(table, least, rng)]
    while waiting:
        texts, columns, depth = waiting.pop()
        parts = _parts_within(table, texts, columns, least, rng) if depth < _MAX_DEPTH else []
        inside = [(part, np.concatenate([columns, own])) for part, own in parts]
        waiting += [(part, both, depth + 1) for part, both in inside]
        rest = np.setdiff1d(texts, np.concatenate([part for part, _ in parts])) if parts else texts
        if len(rest) >= least:
            found.append((rest, columns))
    return found


def _parts_within(
    table: Incidence, texts: Ints, columns: Ints, least: int, rng: np.random.Generator
) -> list[_Part]:
    """Return the parts of a template that exclude each other, or nothing."""
    shared = table.shared(texts)
    shared[columns] = 0
    telling = np.flatnonzero((shared >= least) & (shared <= len(texts) - least))
    if not len(telling):
        return []
    inner = table.among(texts, telling)
    parts = _apart(inner, _leaders(inner, max(least, _PART_TEXTS), rng, least_grams=1))
    return [(texts[members], telling[own]) for members, own in parts]


def _apart(table: Incidence, parts: list[_Part]) -> list[_Part]:
    """Return the parts that exclude each other and are no chance."""
    holds = [table.hits(own) >= MEMBER_SHARE * len(own) for _, own in parts]
    own = [n for n, (_, columns) in enumerate(parts) if len(columns) >= _PART_GRAMS]
    strong = _exclusive(holds, own)
    if _covered(holds, strong) < _HALF:
        large = [n for n in own if len(parts[n][0]) >= _PART_SHARE * len(table)]
        strong = _exclusive(holds, large)
    is_told = _told(table, [parts[n] for n in strong]) >= _LEAST_TOLD
    is_lone = len(strong) == 1 and len(parts[strong[0]][1]) < _LONE_GRAMS
    if not is_told or is_lone:
        every = _side_by_side(holds)
        is_whole = 2 <= len(every) <= _MOST_SIDES and _covered(holds, every) >= _WHOLE
        strong = every if is_whole else []
    return [parts[n] for n in strong]


def _side_by_side(holds: list[Flags]) -> list[int]:
    """Return parts, largest first, that hardly overlap those before them."""
    chosen: list[int] = []
    for n in sorted(range(len(holds)), key=lambda n: -int(holds[n].sum())):
        taken = np.any([holds[m] for m in chosen], axis=0) if chosen else np.zeros_like(holds[n])
        if taken[holds[n]].mean() <= _MOST_OVERLAP:
            chosen.append(n)
    return chosen


def _told(table: Incidence, parts: list[_Part]) -> float:
    """Return how much of what is widely held is told by the grams of the parts."""
    holders = table.holders
    holders[holders < _WIDE_SHARE * len(table)] = 0
    own = np.unique(np.concatenate([np.zeros(0, np.int64), *(columns for _, columns in parts)]))
    return float(holders[own].sum() / max(holders.sum(), 1))


def _covered(holds: list[Flags], chosen: Sequence[int]) -> float:
    """Return the share of texts that are in one of the chosen parts."""
    return float(np.any([holds[n] for n in chosen], axis=0).mean()) if chosen else 0.0


def _exclusive(holds: list[Flags], chosen: Sequence[int]) -> list[int]:
    """Return those of the chosen parts that share few texts with the other ones."""
    if not chosen:
        return []
    owners = np.sum([holds[n] for n in chosen], axis=0)
    return [n for n in chosen if (owners[holds[n]] > 1).mean() <= _MOST_OVERLAP]


def _leaders(
    table: Incidence, least: int, rng: np.random.Generator, *, least_grams: int = _LEAST_GRAMS
) -> list[_Part]:
    """Return groups of texts around seeds, each with its skeleton; a text is in one group at most."""
    free = np.diff(table.starts) >= least_grams
    groups: list[_Part] = []
    for seed in rng.permutation(np.flatnonzero(free)):
        if not free[seed]:
            continue
        free[seed] = False
        skeleton = _skeleton_around(table, int(seed), least, least_grams=least_grams)
        if skeleton is None:
            continue
        members = np.flatnonzero(table.hits(skeleton) >= MEMBER_SHARE * len(skeleton))
        free[members] = False
        groups.append((members, skeleton))
    return _disjoint(table, groups, least)


def _skeleton_around(table: Incidence, seed: int, least: int, *, least_grams: int) -> Ints | None:
    own = table.grams_of(seed)
    common = table.hits(own)
    nearest = int(np.partition(common, -least)[-least]) if len(common) >= least else 0
    if nearest < least_grams:
        return None
    members = np.flatnonzero(common >= max(_NEAR_SHARE * nearest, least_grams))
    skeleton = own
    for _ in range(_ROUNDS):
        shared = table.shared(members)
        skeleton = np.flatnonzero(shared >= _CONSTANT_SHARE * len(members))
        if len(skeleton) < least_grams:
            return None
        after = np.flatnonzero(table.hits(skeleton) >= MEMBER_SHARE * len(skeleton))
        if len(after) < least:
            return None
        if np.array_equal(after, members):
            break
        members = after
    return skeleton


def _disjoint(table: Incidence, groups: list[_Part], least: int) -> list[_Part]:
    """Give each text to the group that explains most of it."""
    if not groups:
        return []
    best = np.zeros(len(table), np.int64)
    owner = np.full(len(table), -1, np.int64)
    for number, (members, skeleton) in enumerate(groups):
        hits = table.hits(skeleton)[members]
        score = 2 * hits - len(skeleton)
        better = score > best[members]
        owner[members[better]] = number
        best[members[better]] = score[better]
    kept = [np.flatnonzero(owner == number) for number in range(len(groups))]
    return [
        (texts, skeleton)
        for texts, (_, skeleton) in zip(kept, groups, strict=True)
        if len(texts) >= least
    ]

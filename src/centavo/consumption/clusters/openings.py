"""Templates of the prompts that the ledger keeps: found on a sample of openings, given to every call."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from centavo.consumption.clusters.asking import make_table, sql_of
from centavo.consumption.clusters.assignment import NONE, SkeletonIndex
from centavo.consumption.clusters.fingerprints import TEXT_BITS, Hashes, grams_of
from centavo.consumption.clusters.mining import SAMPLE_TEXTS, mine_sample
from centavo.consumption.clusters.naming import constant_text
from centavo.consumption.clusters.texts import Texts
from centavo.ledger.ledger import Ledger

__all__ = ["OpeningTemplate", "group_openings"]

_BATCH_OPENINGS = 4096
# Longer messages are read at their ends, which is where instructions stand.
_MOST_CHARACTERS = 24_000
_ROUNDS = 3
# The same body so many times is a job.
_LEAST_REPEATS = 10


@dataclass(frozen=True)
class OpeningTemplate:
    """A template of openings: what they have in common, and those passages of one of them."""

    skeleton: Hashes
    constant: str


def group_openings(ledger: Ledger) -> list[OpeningTemplate]:
    """Make the table ``call_templates`` (call, number) and return the templates by number.

    The table ``grouped_calls`` is there. Openings are taken in the order of their hashes, so the result
    depends on which there are and not on how they were read.
    """
    make_table(ledger, "body_openings", sql_of("openings"))
    make_table(ledger, "opening_texts", sql_of("opening_texts", most=_MOST_CHARACTERS))
    make_table(ledger, "opening_templates", "SELECT '' AS opening, 0 AS number WHERE false")
    found: list[OpeningTemplate] = []
    for _ in range(_ROUNDS):
        sample = next(_openings(ledger, SAMPLE_TEXTS), None)
        fresh = mine_sample(sample[1]) if sample else []
        if sample is None or not fresh:
            break
        found += _named(fresh, sample[1])
        if not _assign(ledger, fresh, first=len(found) - len(fresh)):
            break
    found += _repeated(ledger, first=len(found))
    make_table(
        ledger,
        "call_templates",
        "SELECT call, number FROM grouped_calls JOIN body_openings USING (body_hash) "
        "JOIN opening_templates USING (opening)",
    )
    return found


def _openings(ledger: Ledger, size: int) -> Iterator[tuple[list[str], Texts]]:
    """Yield openings without a template, some at a time, with their texts."""
    result = ledger.engine.execute(
        "SELECT opening, text FROM opening_texts ANTI JOIN opening_templates USING (opening) "
        "ORDER BY opening"
    )
    while rows := result.fetchmany(size):
        yield [str(row[0]) for row in rows], Texts.of([str(row[1]) for row in rows])


def _assign(ledger: Ledger, skeletons: list[Hashes], *, first: int) -> int:
    """Add the openings that the skeletons explain to ``opening_templates``; return how many."""
    index = SkeletonIndex(skeletons)
    names: list[str] = []
    numbers: list[int] = []
    for openings, texts in _openings(ledger, _BATCH_OPENINGS):
        owners = index.assign(texts)
        for place in np.flatnonzero(owners != NONE).tolist():
            names.append(openings[place])
            numbers.append(first + int(owners[place]))
    _add(ledger, names, numbers)
    return len(names)


def _add(ledger: Ledger, openings: list[str], numbers: list[int]) -> None:
    ledger.engine.execute(
        "INSERT INTO opening_templates SELECT unnest(?::VARCHAR[]), unnest(?::INTEGER[])",
        [openings, numbers],
    )


def _repeated(ledger: Ledger, *, first: int) -> list[OpeningTemplate]:
    """Give openings that were sent again and again, and follow no template, one each."""
    rows = ledger.rows(sql_of("repeated_openings", least=_LEAST_REPEATS))
    texts = Texts.of([str(text) for _, text in rows])
    _add(ledger, [str(opening) for opening, _ in rows], [first + n for n in range(len(rows))])
    return [
        OpeningTemplate(_whole_text(texts.between(place, place + 1), str(opening)), str(text))
        for place, (opening, text) in enumerate(rows)
    ]


def _whole_text(text: Texts, opening: str) -> Hashes:
    """Return the grams of a text that never varies; of a short one, a gram made of its hash."""
    grams = np.unique(grams_of(text).hashes)
    own = int(opening[:12], 16) << int(TEXT_BITS).bit_length()
    return grams if len(grams) else np.array([own], np.uint64)


def _named(skeletons: list[Hashes], sample: Texts) -> Iterator[OpeningTemplate]:
    owners = SkeletonIndex(skeletons).assign(sample)
    for number, skeleton in enumerate(skeletons):
        members = np.flatnonzero(owners == number)
        example = sample[int(members[0])] if len(members) else b""
        yield OpeningTemplate(skeleton, constant_text(example, skeleton))

"""Nearly the same question answered once: only where labelled pairs bound the false hits, otherwise off."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from centavo.ledger.bodies import json_text
from centavo.message import N_, Message, Percent, message
from centavo.prompts.levers.answer_pairs import (
    AnswerPairs,
    LabelledFile,
    Question,
    compared,
    read_pairs,
)
from centavo.prompts.levers.false_hits import CONFIDENCE, LEAST, NearHits, certify_hits
from centavo.prompts.levers.retexting import sql_of
from centavo.prompts.near_texts import Asked, Shingles, answered_before, shingles_of
from centavo.prompts.payload import decoded, mapped, texts_in
from centavo.savings.lever import (
    Change,
    Lever,
    LeverKind,
    LeverSettings,
    Parameter,
    Quality,
    next_name,
)
from centavo.savings.traffic import Traffic

__all__ = ["KIND"]

_MICROSECONDS = 1_000_000
_OFF = Quality(is_lossless=False, change=None, basis=N_("off: no labels bound its false hits"))


def _make(settings: LeverSettings) -> Lever:
    lifetime_s = settings.number("lifetime_s", Decimal(3600)) or Decimal(0)
    limit, start = _limit(settings), _start(settings)
    path = settings.text("pairs")
    file = read_pairs(Path(path)) if path else LabelledFile(Path(), by_request=False, labels=())
    # What requests ask is known only where there are some.
    stated = None if file.by_request else compared(file, {})

    def apply(traffic: Traffic) -> Change:
        pairs = compared(file, _questions(traffic, file.requests)) if stated is None else stated
        hits = _hits(pairs, limit=limit, start=start)
        if not hits.is_certified:
            return _off(traffic, settings.where.sql, _why_off(hits, limit), tuple(_left_out(pairs)))
        change = _answered(
            traffic,
            settings.where.sql,
            threshold=hits.threshold,
            lifetime_us=int(lifetime_s * _MICROSECONDS),
        )
        notes = (str(_promise(hits, limit)), *_NOTES, *_left_out(pairs))
        return replace(change, notes=notes, quality=_quality(hits, limit))

    known = None if stated is None else _hits(stated, limit=limit, start=start)
    return Lever(
        kind=KIND.name,
        label=f"a similar question within {lifetime_s:f} s answered from a cache",
        apply=apply,
        where=settings.where,
        quality=_OFF if known is None else _quality(known, limit),
        needs_parts=known is None or known.is_certified,
    )


def _quality(hits: NearHits, limit: float) -> Quality:
    if not hits.is_certified:
        return _OFF
    return Quality(is_lossless=False, change=None, basis=_promise(hits, limit))


def _limit(settings: LeverSettings) -> float:
    limit = settings.number("false_hits", Decimal("0.01"))
    if not limit or limit >= 1:
        raise settings.fail("false_hits", "is not between 0 and 1")
    return float(limit)


def _start(settings: LeverSettings) -> float:
    start = float(settings.number("start", Decimal("0.95")) or 0)
    if not LEAST <= start <= 1:
        raise settings.fail("start", f"is not from {LEAST:g} to 1")
    return start


def _hits(pairs: AnswerPairs, *, limit: float, start: float) -> NearHits:
    import numpy as np

    likeness, differs = np.array(pairs.likeness), np.array(pairs.differs, dtype=float)
    return certify_hits(likeness, differs, limit=limit, start=start)


def _promise(hits: NearHits, limit: float) -> Message:
    """Return what is certified."""
    return message(
        "at most {limit} false hits ({confidence} confidence): {differing} of {labels} labelled pairs differ, "
        "likeness from {likeness}",
        limit=Percent(Decimal(f"{100 * limit:g}")),
        confidence=Percent(Decimal(f"{100 * CONFIDENCE:g}")),
        differing=hits.differing,
        labels=hits.labels,
        likeness=Decimal(f"{hits.threshold:g}"),
    )


def _why_off(hits: NearHits, limit: float) -> str:
    near = f"labelled pairs of likeness {hits.threshold:g} or more"
    if not hits.labels:
        return f"it is off: no {near}; about {hits.needed:,} that agree are needed (pairs=FILE)"
    seen = f"it is off: {hits.differing:,} of {hits.labels:,} {near} differ"
    if hits.needed is None:
        return f"{seen}, which no number of labels would bound at {100 * limit:g} %"
    return (
        f"{seen}, so up to {100 * hits.bound:.3g} % may, more than {100 * limit:g} %; "
        f"about {max(hits.needed, hits.labels + 1):,} are needed"
    )


_NOTES = (
    "only the question may differ: scope, customer, model, settings and the rest of the prompt are equal",
    "the bound holds for hits like the labelled pairs: they must be a fair sample, labelled blindly",
)


def _left_out(pairs: AnswerPairs) -> Iterator[str]:
    if pairs.left_out:
        yield f"{pairs.left_out:,} labelled pairs prove nothing: of equal texts, or said before"
    if pairs.unknown:
        yield f"{pairs.unknown:,} labelled pairs name requests whose question is not kept"


def _off(traffic: Traffic, where: str, why: str, notes: tuple[str, ...]) -> Change:
    count = f"SELECT count(*) FROM {traffic.events} WHERE {where}"
    row = traffic.engine.execute(count).fetchone()
    skipped = {why: int(row[0])} if row and row[0] else {}
    return Change(not_simulated=skipped, notes=notes, quality=_OFF)


def _answered(traffic: Traffic, where: str, *, threshold: float, lifetime_us: int) -> Change:
    """Drop each question that a stored answer to a similar one answers."""
    names = {"parts": traffic.parts, "events": traffic.events, "where": where}
    rows = traffic.engine.execute(sql_of("questions").format(**names)).fetchall()
    texts = _texts(traffic, where)
    asked = [
        Asked(number, at_us, (place, shape), shingles)
        for number, at_us, place, content_hash, problem in rows
        if problem is None
        for shape, shingles in [texts[content_hash]]
    ]
    hits = list(answered_before(asked, threshold=threshold, lifetime_us=lifetime_us))
    table = next_name("similar")
    traffic.engine.execute(
        f"CREATE TEMP TABLE {table} AS SELECT unnest($hits::BIGINT[]) AS request_no", {"hits": hits}
    )
    return Change(
        dropped=f"SELECT request_no FROM {table}",
        not_simulated=Counter(str(row[4]) for row in rows if row[4] is not None),
    )


def _questions(traffic: Traffic, requests: list[str]) -> dict[str, Question]:
    """Return what recorded requests ask, by id, whatever levers before this one left of them."""
    rows = traffic.engine.execute(sql_of("questions_by_id"), {"requests": requests})
    return {name: _told(decoded(text)) for name, text in rows.fetchall()}


def _texts(traffic: Traffic, where: str) -> dict[str, tuple[str, Shingles]]:
    """Return of each question what it is without its words (its images stay in that), and its words."""
    names = {"parts": traffic.parts, "events": traffic.events, "where": where}
    sql = sql_of("texts_in_scope").format(scope="NULL", kinds="('user')", **names)
    found = traffic.engine.execute(f"SELECT DISTINCT content_hash, text FROM ({sql})").fetchall()
    told = {content_hash: _told(decoded(text)) for content_hash, text in found}
    return {name: (each.shape, shingles_of(each.text)) for name, each in told.items()}


def _told(value: object) -> Question:
    return Question(json_text(mapped(value, lambda _: "")), "\n".join(texts_in(value)))


KIND = LeverKind(
    "semantic-cache",
    "A question that is nearly the same (neighbouring words, Jaccard) as one answered within the lifetime is answered "
    "from it, where all else of the request is equal. Off unless labelled pairs bound the false hits among hits.",
    (
        Parameter(
            "pairs",
            "CSV of text_a, text_b (or request_a, request_b) and same_answer (yes or no); off without",
        ),
        Parameter("false_hits", "largest share of hits that may be false [default: 0.01]"),
        Parameter("lifetime_s", "seconds that a stored answer lives [default: 3600]"),
        Parameter("start", "likeness that the search for a threshold begins with [default: 0.95]"),
    ),
    _make,
    place=31,
)

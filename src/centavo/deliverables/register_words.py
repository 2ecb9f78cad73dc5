"""What centavo itself wrote into a line of the savings plan, in the reader's language.

The register keeps English sentences, because the command line prints them. Those that centavo writes are
known here; what people wrote stays as they wrote it.
"""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from centavo.deliverables.language import N_, Language

__all__ = ["driver_text", "evidence_text", "guardrail_text", "quality_text", "risk_text"]

QUALITIES: frozenset[str] = frozenset(
    {
        N_("same model and prompt; answers come late"),
        N_("same model and prompt; latency changes"),
        N_("the same request gets the earlier answer"),
        N_("longer answers are cut off"),
        N_("not measured: see `centavo certify`"),
        N_("the work is not done"),
        N_("one answered try is kept of each request"),
        N_("a tool that is not sent cannot be called"),
        N_("not measured: nothing is counted"),
        N_("each payload gives the old one back"),
        N_("the words stay, layout does not"),
        N_("near copies differ in what may matter"),
        N_("the same tokens are read"),
        N_("off: no labels bound its false hits"),
    }
)
_MEASURED_QUALITIES: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"at most (?P<limit>[\d.]+) % false hits \((?P<confidence>[\d.]+) % confidence\): "
            r"(?P<differing>[\d,]+) of (?P<labels>[\d,]+) labelled pairs differ, likeness from (?P<from_>[\d.]+)"
        ),
        N_(
            "at most {limit} % false hits ({confidence} % confidence): {differing} of {labels} labelled pairs differ,"
            " likeness from {from_}"
        ),
    ),
)
_GUARDRAILS = frozenset({N_("not set: a lossy lever needs one")})
_DRIVERS: dict[str, tuple[str, str]] = {
    "requests touched": (N_("{number} request touched"), N_("{number} requests touched")),
}
_EVIDENCE: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(r"replay of (?P<all>[\d,]+) recorded requests, (?P<touched>[\d,]+) touched, seed (?P<seed>\d+)"),
        N_("replay of {all} recorded requests; {touched} touched; seed {seed}"),
    ),
    (
        re.compile(r"finding (?P<id>\w+): query (?P<query>\w+), (?P<rows>\d+) rows"),
        N_("finding {id}: query {query}, rows: {rows}"),
    ),
)  # fmt: skip

# Not figures, even where they hold nothing but digits.
_NAMES = frozenset({"id", "query"})


def quality_text(text: str, say: Language) -> str:
    """Return how a change of quality is known."""
    return say(text) if text in QUALITIES else _retold(text, _MEASURED_QUALITIES, say)


def guardrail_text(text: str, say: Language) -> str:
    """Return what keeps the quality."""
    return say(text) if text in _GUARDRAILS else text


def risk_text(text: str | None, say: Language) -> str:
    """Return what may go wrong; of a finding's line that is when its rule is wrong, which pages know."""
    return say(text) if text else ""


def driver_text(number: Decimal | None, driver: str, say: Language) -> str:
    """Return how much there is in 30 days of what the saving goes with."""
    if number is None or driver not in _DRIVERS:
        return f"{say.number(number, 1)} {driver}"
    one, many = _DRIVERS[driver]
    return say(one if number == 1 else many, number=say.number(number, 1))


def evidence_text(text: str, say: Language) -> str:
    """Return what a line rests on."""
    return _retold(text, _EVIDENCE, say)


def _retold(text: str, known: Sequence[tuple[re.Pattern[str], str]], say: Language) -> str:
    """Return a sentence with its figures as the reader writes them; an unknown one as it stands."""
    for pattern, message in known:
        found = pattern.fullmatch(text)
        if found:
            values = found.groupdict().items()
            return say(
                message,
                **{name: it if name in _NAMES else _number(it, say) for name, it in values},
            )
    return text


def _number(text: str, say: Language) -> str:
    """Return a number as the reader writes it, with the decimals that it has; anything else as it stands."""
    try:
        return say.number(Decimal(text.replace(",", "")), len(text.partition(".")[2]))
    except InvalidOperation:
        return text

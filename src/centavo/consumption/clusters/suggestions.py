"""Unlabelled spend that behaves like a labelled application: whom it may belong to, never applied.

Two kinds of evidence. Prompts of the same template: the labelled calls of the template say whose it is. And
the same behaviour on the same model: lengths, cache, hours, days, and hashes where a log has them. An
application is named only when it is clearly the nearest; otherwise the nearest is named with what speaks
against it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from centavo.consumption.clusters.likeness import Likeness, likeness
from centavo.consumption.clusters.owners import Owner, Owners, TemplateShare

__all__ = ["LEAST_CALLS", "Suggestion", "suggest_applications"]

# Fewer calls have no distribution that could be compared.
LEAST_CALLS = 50
# Alike altogether and in each feature, so that one difference cannot hide behind seven likenesses; and
# ahead of every other application.
_ALIKE, _ALIKE_EACH, _LEAD = 0.8, 0.55, 0.05
# Behaviour alone is never sure.
_MOST_BY_BEHAVIOUR = 0.8
# So many of the owner's prompts, at least, follow templates that the application alone uses.
_OF_TEMPLATE, _Z = 0.8, 1.96

Basis = Literal["template", "behaviour", "none", "too few"]


@dataclass(frozen=True)
class Suggestion:
    """Unlabelled calls, and whom they behave like.

    Attributes:
        owner: The unlabelled calls.
        application: Whose they may be; ``None`` when they match none.
        confidence: 0 to 1; ``None`` without an application.
        basis: Same prompt template, same behaviour, none, or too few calls to say.
        reason: Sentence.
        team: Team of the application, where all its calls name one.
        cost_center: Its cost centre, likewise.
    """

    owner: Owner
    application: str | None
    confidence: float | None
    basis: Basis
    reason: str
    team: str | None = None
    cost_center: str | None = None


def suggest_applications(owners: Owners) -> tuple[Suggestion, ...]:
    """Return what can be said of each unlabelled owner, in their order."""
    return tuple(
        _by_template(owner, owners.shares.get(place, ()), owners.labelled)
        or _by_behaviour(owner, owners.labelled)
        for place, owner in enumerate(owners.unlabelled)
    )


def _by_template(
    owner: Owner, shares: Sequence[TemplateShare], labelled: Sequence[Owner]
) -> Suggestion | None:
    if not shares:
        return None
    best = shares[0]
    confidence = _lower_bound(best.expected / best.calls, best.calls)
    if confidence < _OF_TEMPLATE:
        return None
    reason = (
        f"{best.calls:,} of its {owner.calls:,} calls follow prompt templates of {best.application}, "
        f"which has {best.labelled_calls:,} such calls"
    )
    return _named(owner, best.application, labelled, (confidence, "template", reason))


def _by_behaviour(owner: Owner, labelled: Sequence[Owner]) -> Suggestion:
    if owner.calls < LEAST_CALLS:
        few = f"{owner.calls:,} calls are too few to compare"
        return Suggestion(owner, None, None, "too few", few)
    known = [each for each in labelled if each.calls >= LEAST_CALLS]
    if not known:
        return Suggestion(owner, None, None, "none", "no application is named by enough calls")
    same = [each for each in known if each.where.get("model") == owner.where.get("model")]
    ranked = sorted(
        ((likeness(owner.features, each.features), each) for each in same or known),
        key=lambda pair: (-pair[0].score, str(pair[1].where)),
    )
    found, nearest = ranked[0]
    others = [alike.score for alike, each in ranked if each.application != nearest.application]
    lead = found.score - max(others, default=0.0)
    against = _against(owner, found, nearest, lead)
    if against:
        reason = (
            f"matches none; nearest is {_route(nearest)} ({found.score:.2f} alike), but {against}"
        )
        return Suggestion(owner, None, None, "none", reason)
    name, worst = found.weakest
    reason = (
        f"{found.score:.2f} alike to {_route(nearest)} on the same model, in the {name} {worst:.2f} "
        f"at least; next application {max(others, default=0.0):.2f}"
    )
    confidence = min(found.score, _MOST_BY_BEHAVIOUR)
    return _named(owner, nearest.application or "", labelled, (confidence, "behaviour", reason))


def _against(owner: Owner, found: Likeness, nearest: Owner, lead: float) -> str | None:
    """Return what speaks against the nearest application, or ``None``."""
    if nearest.where.get("model") != owner.where.get("model"):
        return f"no application calls {owner.where.get('model', 'its model')}"
    name, worst = found.weakest
    if worst < _ALIKE_EACH or found.score < _ALIKE:
        return f"the {name} {'differs' if worst < _ALIKE_EACH else 'is'} ({worst:.2f} alike)"
    return "another application is as near" if lead < _LEAD else None


def _named(
    owner: Owner, application: str, labelled: Sequence[Owner], told: tuple[float, Basis, str]
) -> Suggestion:
    confidence, basis, reason = told
    routes = [each for each in labelled if each.application == application]
    teams, centers = {each.team for each in routes}, {each.cost_center for each in routes}
    return Suggestion(
        owner,
        application,
        round(confidence, 2),
        basis,
        reason,
        team=next(iter(teams)) if len(teams) == 1 else None,
        cost_center=next(iter(centers)) if len(centers) == 1 else None,
    )


def _route(owner: Owner) -> str:
    route = owner.where.get("endpoint") or owner.where.get("feature")
    return f"{owner.application}{f' {route}' if route else ''}"


def _lower_bound(share: float, calls: int) -> float:
    """Return the lower end of a 95 % interval of a share (Wilson 1927)."""
    middle = share + _Z**2 / (2 * calls)
    spread = _Z * math.sqrt(share * (1 - share) / calls + _Z**2 / (4 * calls**2))
    return (middle - spread) / (1 + _Z**2 / calls)

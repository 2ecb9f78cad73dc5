"""One incident per cause: alerts on a whole and on its parts at one time are one incident.

Where one part holds four fifths of what the whole had too much, it is the cause, and the whole is not
named beside it, whether or not the part raised an alert of its own. Where several parts moved together,
the whole is the cause and names them.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

from centavo.consumption.detection.episodes import QUIET_DAYS
from centavo.consumption.detection.expected import expected_days
from centavo.consumption.detection.incident import Incident
from centavo.consumption.detection.series import DailySeries

__all__ = ["CAUSE_SHARE", "one_per_root"]

CAUSE_SHARE = 0.8


def one_per_root(
    incidents: Sequence[Incident],
    series: DailySeries,
    *,
    is_learnt: Callable[[Incident], bool] = lambda _: False,
) -> list[Incident]:
    """Return one incident for each cause, each in the narrowest scope that explains it.

    Args:
        incidents: Of every scope.
        series: Of every scope.
        is_learnt: Whether somebody expects an incident. It explains the whole that it is a part of, and
            hides nothing else.
    """
    narrowed = [_narrowed(incident, series) for incident in incidents]
    kept: list[Incident] = []
    for incident in sorted(narrowed, key=lambda each: (-each.scope.depth, -each.extra)):
        same = [each for each in kept if _is_same_time(each, incident)]
        parts = [each for each in same if incident.scope.holds(each.scope)]
        own = [each for each in parts if each.scope == incident.scope]
        if any(not is_learnt(each) for each in own) or (own and is_learnt(incident)):
            continue
        if len(own) == len(parts):
            kept.append(incident)
        elif any(is_learnt(each) for each in parts):
            continue
        elif len(parts) > 1 and max(each.extra for each in parts) < CAUSE_SHARE * incident.extra:
            kept = [each for each in kept if each not in parts]
            kept.append(replace(incident, parts=tuple(each.scope for each in parts)))
    return kept


def _is_same_time(one: Incident, other: Incident) -> bool:
    near = timedelta(days=QUIET_DAYS)
    return one.onset < other.until + near and other.onset < one.until + near


def _narrowed(incident: Incident, series: DailySeries) -> Incident:
    """Return the incident in the deepest part that holds four fifths of its extra money."""
    import numpy as np

    onset, until = (incident.onset - series.first).days, (incident.until - series.first).days
    best = incident
    for row, scope in enumerate(series.scopes):
        if scope.depth <= best.scope.depth or not incident.scope.holds(scope):
            continue
        amounts = series.amounts[row]
        extra = float(np.nansum(amounts[onset:until] - expected_days(amounts, onset, until)))
        if extra >= CAUSE_SHARE * incident.extra:
            best = replace(incident, scope=scope, extra=extra)
    return best

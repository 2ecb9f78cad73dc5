"""What people said they expect, in the calendar of detection: an incident that is such an event is not said.

It is taken out of the incidents, never out of the series: the threshold, and every other incident, are
what they would be without it.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from centavo.consumption.detection.expected import expected_days
from centavo.consumption.detection.incident import Incident, Shape
from centavo.consumption.detection.month_days import TOLERANCE
from centavo.consumption.detection.one_root import CAUSE_SHARE
from centavo.consumption.detection.series import DIMENSIONS, DailySeries
from centavo.findings.event import Event

__all__ = ["begins_with", "is_learnt"]

_CODES: dict[Shape, str] = {"spike": "CON101", "step": "CON102", "growth": "CON103"}
# With more days the first one is seen a day or two earlier or later.
_NEAR_DAYS = 2
_WEEK = 7


def is_learnt(
    incident: Incident, series: DailySeries, events: Iterable[Event], *, client: str | None = None
) -> bool:
    """Say whether an incident is an event that somebody expects, in its scope or in a part of it.

    With more days an incident may be named in a part of what it was named in: it is the same event. One
    that reaches beyond the event's scope is more than was expected.

    Args:
        incident: What was found.
        series: Of every scope.
        events: What is expected.
        client: Who sent most of it, where that is known; an event of another client is another.
    """
    return any(
        _is_once(incident, event) if event.repeat == "once" else _returns(incident, series, event)
        for event in events
        if _is_there(incident, series, event, client)
    )


def begins_with(event: Event, day: date) -> bool:
    """Say whether what began on a day is the event: another that begins later is not."""
    return abs(day - event.since) <= timedelta(days=_NEAR_DAYS)


def _is_there(incident: Incident, series: DailySeries, event: Event, client: str | None) -> bool:
    place = {name: value for name, value in event.subject.items() if name in DIMENSIONS}
    others = {value for name, value in event.subject.items() if name not in DIMENSIONS}
    own = incident.scope.subject
    if not (others <= {client} and place.items() <= own.items()):
        return False
    # A scope without an environment is no whole of one that has it, though what is known of it is.
    return place == own or any(
        scope.subject == place and scope.holds(incident.scope) for scope in series.scopes
    )


def _is_once(incident: Incident, event: Event) -> bool:
    if event.code == _CODES["growth"]:
        # Weeks are counted from the newest day: a run of them is known by the weeks it shares. A step
        # that begins in them is explained by it (one finding for each cause).
        begins = event.since <= incident.onset < event.until
        shares = incident.onset < event.until and event.since < incident.until
        return shares if incident.shape == "growth" else begins and incident.shape == "step"
    # A step may turn out to be over within a week; a spike that lasts is more than was expected.
    codes = {_CODES["step"], _CODES[incident.shape]}
    return event.code in codes and begins_with(event, incident.onset)


def _returns(incident: Incident, series: DailySeries, event: Event) -> bool:
    """Say whether four fifths of the extra money fall on the event's days, and are no more than usual.

    What returns each week is one incident of weeks: a break of a week ends it, and there is none.
    """
    if (
        incident.shape == "growth"
        or event.money is None
        or event.money.currency != incident.scope.unit
    ):
        return False
    days = _extra_by_day(incident, series)
    on_days = {day: extra for day, extra in days.items() if event.holds(day)}
    weeks = {(day - event.since).days // _WEEK for day in on_days}
    times = len(weeks) if event.repeat == "weekly" else 1
    most = event.money.amount * times * (1 + Decimal(str(TOLERANCE)))
    total, covered = sum(days.values()), sum(on_days.values())
    return covered >= CAUSE_SHARE * total and Decimal(repr(covered)) <= most


def _extra_by_day(incident: Incident, series: DailySeries) -> dict[date, float]:
    """Return what each day of an incident had above what was expected, where it had more."""
    import numpy as np

    amounts = series.amounts[series.scopes.index(incident.scope)]
    onset, until = (incident.onset - series.first).days, (incident.until - series.first).days
    extra = np.nan_to_num(amounts[onset:until] - expected_days(amounts, onset, until))
    return {series.day(onset + n): float(each) for n, each in enumerate(extra) if each > 0}

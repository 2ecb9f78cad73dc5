"""The incidents of a ledger: evidence on every scope, alerts within the budget, one for each cause."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from centavo.consumption.detection.budget import threshold_within
from centavo.consumption.detection.episodes import alerts
from centavo.consumption.detection.evidence import Evidence, evidence_of
from centavo.consumption.detection.expected import expected_days
from centavo.consumption.detection.extent import extent_of
from centavo.consumption.detection.incident import Incident
from centavo.consumption.detection.month_days import without_recurring
from centavo.consumption.detection.one_root import one_per_root
from centavo.consumption.detection.series import DailySeries
from centavo.consumption.public_holidays import public_holidays

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

__all__ = ["find_incidents", "usual_amounts"]

# A spike is over within a week; what lasts longer is a level.
SPIKE_DAYS = 7


def find_incidents(
    series: DailySeries,
    *,
    per_series_month: float,
    country: str,
    is_learnt: Callable[[Incident], bool] = lambda _: False,
) -> list[Incident]:
    """Return spikes and steps, one for each cause, the dearest first.

    Args:
        series: Of every scope.
        per_series_month: The budget: alerts per series and 30 days.
        country: Whose public holidays are no usual days.
        is_learnt: Whether somebody expects an incident; it is returned, and hides none beside it.
    """
    import numpy as np

    billed, series = series.amounts, replace(series, amounts=usual_amounts(series, country))
    with np.errstate(invalid="ignore", divide="ignore"):
        evidence = evidence_of(series.amounts, usual_day=_usual_day(series))
    items = [scope.depth == 2 for scope in series.scopes]
    threshold = threshold_within(evidence.total[items], per_series_month)
    raised = alerts(np.nan_to_num(evidence.total, nan=-np.inf), threshold)
    found = [
        _incident(series, evidence, row=int(row), alert=int(alert))
        for row, alert in zip(*np.nonzero(raised), strict=True)
    ]
    dear = [incident for incident in found if incident.extra > 0]
    roots = [
        each for each in one_per_root(dear, series, is_learnt=is_learnt) if _has_past(each, series)
    ]
    with_all = [_with_recurring(incident, series, billed) for incident in roots]
    return sorted(with_all, key=lambda incident: -incident.extra)


def usual_amounts(series: DailySeries, country: str) -> "Matrix":
    """Return the amounts without what recurs each month, and without holidays that were quiet."""
    import numpy as np

    first = np.datetime64(series.first, "D")
    amounts = without_recurring(series.amounts, np.full(len(series.scopes), first))
    away = [column for column in range(series.days) if _is_holiday(series.day(column), country)]
    usual = np.array([_middle(row) for row in series.amounts])
    amounts[:, away] = np.where(amounts[:, away] < usual[:, None], np.nan, amounts[:, away])
    return amounts


def _is_holiday(day: date, country: str) -> bool:
    return day in public_holidays(country, day.year)


def _usual_day(series: DailySeries) -> float:
    """Return the amount of the middle item's middle day: what "much money" is compared with."""
    import numpy as np

    medians = [
        _middle(row)
        for scope, row in zip(series.scopes, series.amounts, strict=True)
        if scope.depth == 2
    ]
    return max(float(np.median([m for m in medians if m > 0] or [1.0])), 0.01)


def _middle(amounts: "npt.NDArray[np.float64]") -> float:
    import numpy as np

    known = amounts[np.isfinite(amounts)]
    return float(np.median(known)) if len(known) else 0.0


def _has_past(incident: Incident, series: DailySeries) -> bool:
    """Say whether a week before it is known: what is new is another rule's."""
    import numpy as np

    row, onset = series.scopes.index(incident.scope), (incident.onset - series.first).days
    return int(np.isfinite(series.amounts[row, :onset]).sum()) >= SPIKE_DAYS


def _with_recurring(incident: Incident, series: DailySeries, billed: "Matrix") -> Incident:
    """Return the incident with what its days hold of charges that come back each month."""
    import numpy as np

    row = series.scopes.index(incident.scope)
    days = slice((incident.onset - series.first).days, (incident.until - series.first).days)
    # A quiet holiday is unknown here; it is nothing that recurs.
    apart = np.nan_to_num(billed[row, days] - series.amounts[row, days])
    return replace(incident, recurring=float(apart.sum()))


def _incident(series: DailySeries, evidence: Evidence, *, row: int, alert: int) -> Incident:
    import numpy as np

    onset, until = extent_of(evidence.flat[row], evidence.windows, row=row, alert=alert)
    settled = int(series.settled[row])
    # What is still arriving raises the alert; what it came to is said of whole days, where there are any.
    until = until if onset >= settled else min(until, settled)
    amounts = series.amounts[row]
    extra = float(np.nansum(amounts[onset:until] - expected_days(amounts, onset, until)))
    is_long = until - onset > SPIKE_DAYS
    return Incident(
        series.scopes[row],
        "step" if is_long else "spike",
        series.day(onset),
        series.day(until),
        series.day(alert),
        extra,
        float(evidence.total[row, alert]),
    )

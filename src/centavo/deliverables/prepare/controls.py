"""The choices of a page of cost: its month, its evidence level, its currency."""

from datetime import date, timedelta

from centavo.consumption.costs import CostReport
from centavo.deliverables.asked import Asked
from centavo.deliverables.language import Language
from centavo.deliverables.page import Control
from centavo.deliverables.reading import Reading
from centavo.deliverables.words import basis_name
from centavo.period import Period

__all__ = ["controls", "month_control"]

_MONTHS = 12


def controls(
    reading: Reading, asked: Asked, whole: CostReport, period: Period, *, say: Language
) -> tuple[Control, ...]:
    """Return the choices that are more than one."""
    found = [
        month_control(reading, asked, period, say=say),
        Control(
            say("Evidence"),
            tuple(
                (basis_name(basis, say), asked.address("", basis=basis), basis == whole.basis)
                for basis in (whole.basis, *whole.others)
            ),
        ),
        Control(say("Currency"), _currencies(reading, asked, whole)),
    ]
    return tuple(control for control in found if len(control.ways) > 1)


def month_control(reading: Reading, asked: Asked, period: Period, *, say: Language) -> Control:
    """Return the newest months of the ledger, the oldest first."""
    if reading.oldest is None or reading.newest is None:
        return Control(say("Month"), ())
    months: list[date] = []
    month = reading.newest.replace(day=1)
    while month >= reading.oldest.replace(day=1) and len(months) < _MONTHS:
        months.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    ways = (
        (say.short_month(m), asked.address("", period=f"{m:%Y-%m}"), Period.month(m) == period)
        for m in reversed(months)
    )
    return Control(say("Month"), tuple(ways))


def _currencies(
    reading: Reading, asked: Asked, whole: CostReport
) -> tuple[tuple[str, str, bool], ...]:
    shown = whole.question.currency
    if reading.rates is None or shown is None:
        return ()
    names = dict.fromkeys(("BRL", "USD", shown))
    return tuple((name, asked.address("", currency=name), name == shown) for name in sorted(names))

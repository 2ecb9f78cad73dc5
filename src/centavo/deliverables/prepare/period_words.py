"""A period in words."""

from datetime import date, timedelta

from centavo.deliverables.language import Language
from centavo.period import Period

__all__ = ["month_name", "period_name"]


def month_name(day: date, say: Language) -> str:
    """Return the month of a day as it begins a sentence or a cell: Portuguese months are small elsewhere."""
    shown = say.month(day)
    return shown[:1].upper() + shown[1:]


def period_name(period: Period, say: Language, *, inside: bool = False) -> str:
    """Return a month by its name, any other period by its first and last day.

    Args:
        period: Both ends known.
        say: Language.
        inside: Whether it stands inside a sentence, where Portuguese months are small.
    """
    assert period.since is not None
    assert period.until is not None
    first, last = period.since.date(), period.until.date() - timedelta(days=1)
    if period == Period.month(first):
        return say.month(first) if inside else month_name(first, say)
    if first == last:
        return say.day(first)
    return say("{first} to {last}", first=say.day(first), last=say.day(last))

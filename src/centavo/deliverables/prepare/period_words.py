"""A period in words."""

from datetime import timedelta

from centavo.deliverables.language import Language
from centavo.period import Period

__all__ = ["period_name"]


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
        shown = say.month(first)
        return shown if inside else shown[:1].upper() + shown[1:]
    if first == last:
        return say.day(first)
    return say("{first} to {last}", first=say.day(first), last=say.day(last))

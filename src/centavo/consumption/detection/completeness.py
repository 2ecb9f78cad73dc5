"""How much of a day's final cost has arrived, and what it will be: the newest days of a bill grow.

Shares are learnt from earlier readings of the same bill (what a day showed then, and what it shows now),
as the mean by age (shares are bounded and readings few). Without any, those of a real Google bill that was read six times stand in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from centavo.money import EXACT

__all__ = ["DEFAULT_SHARES", "Sighting", "arrival_shares", "nowcast"]

# mybinder.org's Google bill (jupyterhub/binder-billing): its newest day held 79 to 88 % of its final
# cost, the day before 95 to 100 %.
DEFAULT_SHARES: Mapping[int, Decimal] = {0: Decimal("0.85"), 1: Decimal("0.98")}
_LEAST_SIGHTINGS = 3


@dataclass(frozen=True)
class Sighting:
    """What a day showed at some age, and what it came to in the end.

    Attributes:
        age_days: Days between the newest day of that reading and this one: 0 for the newest.
        seen: Cost then.
        final: Cost in the end.
    """

    age_days: int
    seen: Decimal
    final: Decimal


def arrival_shares(sightings: Sequence[Sighting]) -> dict[int, Decimal]:
    """Return the share that has arrived by age; the default where fewer than three were seen."""
    ages: dict[int, list[Decimal]] = {}
    for each in sightings:
        if each.final > 0:
            ages.setdefault(each.age_days, []).append(EXACT.divide(each.seen, each.final))
    learnt = {
        age: EXACT.divide(sum(all_, Decimal(0)), Decimal(len(all_)))
        for age, all_ in ages.items()
        if len(all_) >= _LEAST_SIGHTINGS
    }
    return {**DEFAULT_SHARES, **learnt}


def nowcast(seen: Decimal, age_days: int, shares: Mapping[int, Decimal]) -> Decimal:
    """Return what a day's cost will be in the end; days older than any known age are final.

    >>> round(nowcast(Decimal(85), 0, DEFAULT_SHARES), 6)
    Decimal('100.000000')
    """
    return EXACT.divide(seen, shares.get(age_days, Decimal(1)))

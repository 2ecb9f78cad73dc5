"""The adjusted baseline and how sure it is, from daily costs and daily work: three methods, the surest first.

*Hold-out*: what a unit of work cost in the same days on requests that were kept on the old policy.
*Difference in differences*: what it cost before, times what the work of an untouched application costs
more or less than before. *Before and after*: what it cost before.

All three are one ratio, cost over weighed work, taken where the old policy ran and carried to where the
new one does. Its error has two parts, as in ``interval.py``: the ratio is estimated from some days, and
the days to which it is carried vary too. Both are drawn, from independent resamples.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import TYPE_CHECKING, Literal

from centavo.money import EXACT
from centavo.savings.interval import BLOCK_DAYS, LEAST_DAYS, widening

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["CONFIDENCE", "Estimate", "Method", "carried_over", "held_out"]

Method = Literal["hold-out", "difference-in-differences", "before-after"]
CONFIDENCE = Decimal("0.9")
LEAST_HELD_OUT_DAYS = 14
_DRAWS = 2_000
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Estimate:
    """What the work would have cost.

    Attributes:
        amount: Expected.
        error: Half the interval's width on each side: what is to be taken off the amount and added to
            it; ``None`` where too few days tell.
    """

    amount: Decimal
    error: tuple[Decimal, Decimal] | None


def carried_over(
    costs: Sequence[Decimal],
    work: Sequence[Decimal],
    new_work: Sequence[Decimal],
    *,
    seed: int,
) -> Estimate | None:
    """Return what the new days' work would have cost at the old days' cost for a unit of it.

    Args:
        costs: Of each old day, in their order.
        work: Of each old day, weighed (for differences in differences by the control's unit cost).
        new_work: Of each new day.
        seed: Of the draws.

    Returns:
        ``None`` where the old days did no work.
    """
    ratio = _ratio(costs, work)
    if ratio is None:
        return None
    whole = _total(new_work)
    amount = EXACT.multiply(ratio, whole)
    if len(costs) < LEAST_DAYS or len(new_work) < BLOCK_DAYS:
        return Estimate(amount, None)
    import numpy as np

    money, weights = (np.array([float(each) for each in values]) for values in (costs, work))
    ahead = np.array([float(each) for each in new_work])
    draws = np.random.default_rng(seed)
    per_unit = np.divide(money, weights, out=np.zeros_like(money), where=weights > 0)
    past = _drawn_ratios(money, weights, draws, days=len(money))
    future = _drawn_days(per_unit, weights, ahead, draws)
    errors = (future - future.mean()) - (past - past.mean())
    tail = float(1 - CONFIDENCE) / 2
    errors *= widening(len(costs) // BLOCK_DAYS, tail) * float(whole)
    return Estimate(amount, _ends(errors, tail))


def held_out(
    costs: Sequence[Decimal],
    work: Sequence[Decimal],
    new_work: Sequence[Decimal],
    *,
    seed: int,
) -> Estimate | None:
    """Return what the work would have cost at the hold-out's cost for a unit of it, in the same days.

    What a day brings both arms share; what differs by chance is which requests were held out. So days
    are drawn one by one, and the error grows by what chance does to the other arm.

    Args:
        costs: Of the hold-out, by day.
        work: Of the hold-out, by day, weighed by what a request of the other arm cost on it.
        new_work: Of the other arm, by day, weighed alike.
        seed: Of the draws.

    Returns:
        ``None`` where the hold-out did no work.
    """
    ratio = _ratio(costs, work)
    if ratio is None:
        return None
    whole = _total(new_work)
    amount = EXACT.multiply(ratio, whole)
    used = sum(1 for each in work if each > 0)
    if used < LEAST_HELD_OUT_DAYS:
        return Estimate(amount, None)
    import numpy as np

    money, weights = (np.array([float(each) for each in values]) for values in (costs, work))
    draws = np.random.default_rng(seed)
    places = draws.integers(0, len(money), size=(_DRAWS, len(money)))
    drawn = weights[places].sum(axis=1)
    ratios = np.divide(
        money[places].sum(axis=1), drawn, out=np.full(_DRAWS, float(ratio)), where=drawn > 0
    )
    tail = float(1 - CONFIDENCE) / 2
    share = float(_total(work) / whole) if whole else 0.0
    errors = (ratios - ratios.mean()) * widening(used, tail) * sqrt(1 + share) * float(whole)
    return Estimate(amount, _ends(errors, tail))


def _drawn_ratios(
    money: "Floats", weights: "Floats", draws: "np.random.Generator", *, days: int
) -> "Floats":
    """Return cost over work of drawn weeks."""
    places = _weeks(len(money), draws, days=days, first=0)
    return money[places].sum(axis=1) / _above_zero(weights[places].sum(axis=1))


def _drawn_days(
    per_unit: "Floats", weights: "Floats", ahead: "Floats", draws: "np.random.Generator"
) -> "Floats":
    """Return the mean cost of the new days' work, were they drawn from the old ones."""
    places = _weeks(len(per_unit), draws, days=len(ahead), first=len(per_unit))
    worked = (weights[places] > 0) * ahead
    return (per_unit[places] * worked).sum(axis=1) / _above_zero(worked.sum(axis=1))


def _weeks(
    length: int, draws: "np.random.Generator", *, days: int, first: int
) -> "npt.NDArray[np.intp]":
    """Return places of days: whole weeks drawn, the first day on the weekday of day ``first``."""
    import numpy as np

    starts = np.arange(first % BLOCK_DAYS, length - BLOCK_DAYS + 1, BLOCK_DAYS)
    blocks = -(-days // BLOCK_DAYS)
    drawn = draws.choice(starts, size=(_DRAWS, blocks, 1))
    return (drawn + np.arange(BLOCK_DAYS)).reshape(_DRAWS, -1)[:, :days]


def _above_zero(values: "Floats") -> "Floats":
    """Return the values, none of them zero: what nothing is divided by costs nothing."""
    import numpy as np

    return np.where(values > 0, values, np.inf)


def _ratio(costs: Sequence[Decimal], work: Sequence[Decimal]) -> Decimal | None:
    done = _total(work)
    return EXACT.divide(_total(costs), done) if done > 0 else None


def _ends(errors: "Floats", tail: float) -> tuple[Decimal, Decimal]:
    import numpy as np

    low, high = (Decimal(repr(float(np.quantile(errors, each)))) for each in (tail, 1 - tail))
    return low, high


def _total(values: Sequence[Decimal]) -> Decimal:
    total = _ZERO
    for value in values:
        total = EXACT.add(total, value)
    return total

"""Parts that add up to the whole: forecasts reconciled, and amounts rounded without a remainder."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

import numpy as np

from centavo.money import EXACT

if TYPE_CHECKING:
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]

__all__ = ["reconciled", "rounded_parts"]


def reconciled(parts: "Matrix", whole: "Matrix", variance: "Matrix") -> "Matrix":
    """Return the parts, moved so that their sum is a compromise with the forecast of the whole.

    Minimum-trace reconciliation (Wickramasuriya, Athanasopoulos and Hyndman, JASA 2019) with a
    diagonal covariance: what the sum of the parts misses is shared by variance, and what the whole is
    unsure of stays where it is. No part falls below nothing.

    Args:
        parts: [part, day] medians.
        whole: [day] median of the whole.
        variance: Of the whole, then of each part, in money squared.
    """
    total = float(variance.sum())
    if total <= 0:
        return parts
    gap = whole - parts.sum(axis=0)
    return np.maximum(parts + (variance[1:] / total)[:, None] * gap, 0)


def rounded_parts(amounts: Sequence[Decimal], step: Decimal) -> tuple[list[Decimal], Decimal]:
    """Return the amounts rounded to a step, and their sum: the rounded sum of what they were.

    Each is rounded down; the steps that are missing go to the largest remainders.

    >>> rounded_parts([Decimal("0.333"), Decimal("0.333"), Decimal("0.334")], Decimal("0.01"))
    ([Decimal('0.33'), Decimal('0.33'), Decimal('0.34')], Decimal('1.00'))
    """
    exact = Decimal(0)
    for amount in amounts:
        exact = EXACT.add(exact, amount)
    total = EXACT.quantize(exact, step)
    down = [amount.quantize(step, rounding=ROUND_FLOOR, context=EXACT) for amount in amounts]
    missing = int((total - sum(down, Decimal(0))) / step)
    order = sorted(range(len(down)), key=lambda n: (down[n] - amounts[n], n))
    for number in order[:missing]:
        down[number] += step
    return down, total

"""Serving a load: whole replicas, their GPU hours a month, and what a million tokens cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from centavo.errors import InputError
from centavo.money import Money
from centavo.planning.sizing.serving import Serving, ServingFit, tokens_per_gpu_hour
from centavo.planning.sizing.sized import Sized

__all__ = ["HOURS_A_MONTH", "ServedLoad", "SizedCost", "cost_of", "cost_per_mtoken", "served_load"]

HOURS_A_MONTH = 730
_MILLION = 1_000_000


@dataclass(frozen=True)
class ServedLoad:
    """What a load takes, for a month of 730 hours.

    Attributes:
        tokens: Output tokens of the month.
        gpus: Of as many whole replicas as the busiest hour needs.
        gpu_hours: Of these, every hour of the month, busy or not.
    """

    tokens: float
    gpus: Sized
    gpu_hours: Sized


@dataclass(frozen=True)
class SizedCost:
    """A cost with its band, rounded to a millionth."""

    value: Money
    low: Money
    high: Money


def served_load(
    it: Serving, tokens_by_hour: Sequence[float], fit: ServingFit | None = None
) -> ServedLoad:
    """Return whole replicas for a profile of output tokens by hour, which repeats: a day, a week.

    Raises:
        InputError: The profile has no tokens.
    """
    if not tokens_by_hour or min(tokens_by_hour) < 0 or not any(tokens_by_hour):
        raise InputError("a profile needs output tokens of 0 or more by hour, and some above 0")
    busiest = max(tokens_by_hour)
    rate = tokens_per_gpu_hour(it, fit)
    # The faster a GPU, the fewer of them: the band turns round.
    value, low, high = (
        float(it.gpus * ceil(busiest / (speed * it.gpus)))
        for speed in (rate.value, rate.high, rate.low)
    )
    gpus = Sized(value, low, high, "GPUs")
    return ServedLoad(
        tokens=sum(tokens_by_hour) / len(tokens_by_hour) * HOURS_A_MONTH,
        gpus=gpus,
        gpu_hours=gpus.times(HOURS_A_MONTH, "GPU hours"),
    )


def cost_per_mtoken(gpu_hours: Sized, tokens: float, gpu_hour: Money) -> SizedCost:
    """Return what a million output tokens cost at ``gpu_hour``, the price of one GPU's hour."""
    return cost_of(gpu_hours.times(_MILLION / tokens, "GPU hours for 1M tokens"), gpu_hour)


def cost_of(gpu_hours: Sized, gpu_hour: Money) -> SizedCost:
    """Return what GPU hours cost."""
    value, low, high = (
        Money(round(Decimal(repr(hours)) * gpu_hour.amount, 6), gpu_hour.currency)
        for hours in (gpu_hours.value, gpu_hours.low, gpu_hours.high)
    )
    return SizedCost(value, low, high)

"""Axes: where the ticks stand and what a value is in pixels."""

import math
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Scale", "Tick", "nice_ticks"]

# The last decimal of the ledger: smaller is zero.
_LEAST = 1e-12


@dataclass(frozen=True)
class Tick:
    """A value of an axis and its words, as prepared."""

    value: float
    label: str


@dataclass(frozen=True)
class Scale:
    """Values between ``low`` and ``high`` as pixels between ``start`` and ``end``; it may run down."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value in pixels."""
        span = self.high - self.low
        share = 0.0 if span == 0 else (value - self.low) / span
        return self.start + share * (self.end - self.start)


def nice_ticks(
    low: float, high: float, label: Callable[[float], str], *, most: int = 5
) -> tuple[Tick, ...]:
    """Return ticks at steps of 1, 2, 2.5 or 5 times a power of ten that enclose ``low`` to ``high``.

    Args:
        low: Smallest value.
        high: Largest value, at least ``low``.
        label: Words of a value.
        most: Steps at the most.

    >>> [tick.label for tick in nice_ticks(0, 87, lambda value: f"{value:g}")]
    ['0', '20', '40', '60', '80', '100']
    """
    size = max(abs(low), abs(high))
    # Values that differ by less than a float can tell are one value.
    span = high - low if high - low > 1e-9 * size else size
    span = span if span > _LEAST else 1.0
    raw = span / most
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * part for part in (1, 2, 2.5, 5, 10) if power * part >= raw * (1 - 1e-9))
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return tuple(
        Tick(place * step, label(place * step)) for place in range(first, max(last, first + 1) + 1)
    )

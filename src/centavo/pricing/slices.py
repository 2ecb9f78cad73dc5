"""Prices over time: unit prices with input-token tiers, valid in a slice of days and hours.

Times are naive and mean UTC, as in the ledger. Starts are included, ends excluded.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

__all__ = ["ALWAYS", "DAY_US", "NEVER", "PriceSet", "PriceSlice", "UnitPrice", "cut", "time_us"]

ALWAYS = datetime.min  # noqa: DTZ901 -- naive UTC, "since ever"
NEVER = datetime.max  # noqa: DTZ901 -- naive UTC, "without end"
DAY_US = 86_400_000_000


@dataclass(frozen=True)
class UnitPrice:
    """Price of ``per`` units (see ``Unit``), by the request's whole input.

    Attributes:
        base: Price until the first threshold.
        above: (threshold in input tokens, price): requests with more input than the threshold pay
            this price for all their units. Ascending.
    """

    base: Decimal
    above: tuple[tuple[int, Decimal], ...] = ()

    def at(self, input_tokens: int) -> Decimal:
        """Return the price that a request with this much input pays."""
        price = self.base
        for threshold, higher in self.above:
            if input_tokens > threshold:
                price = higher
        return price

    def scaled(self, factor: Decimal) -> "UnitPrice":
        """Return the price times a discount factor, exactly."""
        return UnitPrice(
            self.base * factor, tuple((at, price * factor) for at, price in self.above)
        )


@dataclass(frozen=True)
class PriceSet:
    """All unit prices that hold together.

    Attributes:
        prices: By price key: ``input_mtok``, ``cache_read_mtok``, ``web_searches_kcount`` …
        currency: ISO 4217 code of all of them.
        source: Where they come from: ``genai-prices 0.2.3``, the user's file, or both.
    """

    prices: Mapping[str, UnitPrice]
    currency: str
    source: str


@dataclass(frozen=True)
class PriceSlice:
    """A price set and when it holds: from a day to a day, within hours of each day."""

    valid_from: datetime
    valid_to: datetime
    day_from_us: int
    day_to_us: int
    price_set: PriceSet

    @property
    def hours(self) -> str:
        """Hours of the day as ``08:00-16:30``; empty for the whole day."""
        if (self.day_from_us, self.day_to_us) == (0, DAY_US):
            return ""
        return f"{_clock_text(self.day_from_us)}-{_clock_text(self.day_to_us)}"

    def holds(self, at: datetime) -> bool:
        """Say whether the prices hold at an instant (naive UTC)."""
        clock = time_us(at.time())
        return self.valid_from <= at < self.valid_to and self.day_from_us <= clock < self.day_to_us


def _clock_text(microseconds: int) -> str:
    minutes = microseconds // 60_000_000
    return f"{minutes // 60:02}:{minutes % 60:02}"


def time_us(clock: time) -> int:
    """Return the microseconds since midnight."""
    seconds = (clock.hour * 60 + clock.minute) * 60 + clock.second
    return seconds * 1_000_000 + clock.microsecond


def cut(
    days: Iterable[datetime],
    hours_us: Iterable[int],
    price_set_at: Callable[[datetime], PriceSet | None],
) -> tuple[PriceSlice, ...]:
    """Return the fewest slices that say what ``price_set_at`` says at every instant.

    Args:
        days: Every instant at which prices may change for good.
        hours_us: Every time of day, in microseconds since midnight, at which they may change.
        price_set_at: Prices at an instant (naive UTC); ``None`` for none.
    """
    day_edges = sorted({ALWAYS, NEVER, *days})
    hour_edges = sorted({0, DAY_US, *hours_us})
    slices: list[PriceSlice] = []
    previous: list[PriceSlice] = []
    for valid_from, valid_to in pairwise(day_edges):
        current = _slices_of_days(valid_from, valid_to, hour_edges, price_set_at)
        if _same_but_for_days(previous, current):
            current = [replace(piece, valid_to=valid_to) for piece in previous]
        else:
            slices += previous
        previous = current
    return tuple(slices + previous)


def _slices_of_days(
    valid_from: datetime,
    valid_to: datetime,
    hour_edges: list[int],
    price_set_at: Callable[[datetime], PriceSet | None],
) -> list[PriceSlice]:
    """Return the slices of a range of days in which only the time of day matters."""
    slices: list[PriceSlice] = []
    for hour_from, hour_to in pairwise(hour_edges):
        price_set = price_set_at(_instant(valid_from, valid_to, hour_from))
        if price_set is None:
            continue
        last = slices[-1] if slices else None
        if last and last.day_to_us == hour_from and last.price_set == price_set:
            slices[-1] = replace(last, day_to_us=hour_to)
        else:
            slices.append(PriceSlice(valid_from, valid_to, hour_from, hour_to, price_set))
    return slices


def _instant(valid_from: datetime, valid_to: datetime, hour_us: int) -> datetime:
    """Return an instant of the range whose time of day is ``hour_us`` or shares its hours.

    A range that does not begin at midnight may be too short to hold every time of day; then the
    slice can never be reached and any instant of the range will do.
    """
    midnight = valid_from.replace(hour=0, minute=0, second=0, microsecond=0)
    instant = midnight + timedelta(microseconds=hour_us)
    if instant < valid_from:
        instant += timedelta(days=1)
    return instant if instant < valid_to else valid_from


def _same_but_for_days(left: list[PriceSlice], right: list[PriceSlice]) -> bool:
    return len(left) == len(right) > 0 and all(
        (a.valid_to, a.day_from_us, a.day_to_us, a.price_set)
        == (b.valid_from, b.day_from_us, b.day_to_us, b.price_set)
        for a, b in zip(left, right, strict=True)
    )

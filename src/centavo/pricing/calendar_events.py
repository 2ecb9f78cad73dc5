"""Announced changes as values: a day, what happens, and what it does to a quarter."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from centavo.message import N_, Message, Words, joined, message
from centavo.money import Money
from centavo.pricing.slices import PriceSlice, UnitPrice

__all__ = ["CalendarEvent", "EventKind", "Quarter", "price_change", "price_changes", "succeeded_by"]

# Units of the price book that count a million tokens.
_PER_MILLION: Mapping[str, str] = {
    "input_mtok": N_("input"),
    "cache_read_mtok": N_("cached input"),
    "cache_write_mtok": N_("writing to the cache"),
    "output_mtok": N_("output"),
}
EventKind = Literal["price", "shutdown", "not_before"]


@dataclass(frozen=True)
class Quarter:
    """A calendar quarter, UTC.

    Attributes:
        first: First day.
        end: Day after the last.
    """

    first: date
    end: date

    @classmethod
    def after(cls, day: date) -> "Quarter":
        """Return the quarter that follows the one of a day.

        >>> Quarter.after(date(2026, 11, 22))
        Quarter(first=datetime.date(2027, 1, 1), end=datetime.date(2027, 4, 1))
        """
        first = _months_later(date(day.year, day.month - (day.month - 1) % 3, 1), 3)
        return cls(first, _months_later(first, 3))

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.first).days

    def days_from(self, day: date) -> int:
        """Return how many of its days are not before a day."""
        return max((self.end - max(self.first, day)).days, 0)


@dataclass(frozen=True)
class CalendarEvent:
    """One announced change and its effect on the usage of the window.

    Attributes:
        day: First day (UTC) that it holds.
        kind: ``price``, ``shutdown``, or ``not_before``: may end from this day on.
        provider: As in the log.
        model: Model whose usage it is.
        becomes: Model that the usage is priced as from that day on; ``None`` where none is known.
        text: What happens.
        before: Cost of the window's usage the day before; ``None`` without usage.
        after: Cost of the same usage on the day; ``None`` where no price is known.
        quarter_effect: What it adds to the quarter; ``None`` where that is unknown.
        source: Who says so.
        note: What a reader must know.
    """

    day: date
    kind: EventKind
    provider: str
    model: str
    becomes: str | None
    text: Words
    before: Money | None = None
    after: Money | None = None
    quarter_effect: Money | None = None
    source: str = ""
    note: str | None = None


def succeeded_by(successor: str, *, is_routed: bool) -> Message:
    """Return that a model ends, and which one takes its place or answers for it."""
    if is_routed:
        return message("answered by {successor}", successor=successor)
    return message("shut down; successor {successor}", successor=successor)


def price_changes(slices: Sequence[PriceSlice], piece: PriceSlice) -> list[Words]:
    """Return what changes with a slice, price by price: input from 0.75 to 1.5."""
    nothing: Mapping[str, UnitPrice] = {}
    before = next(
        (
            it.price_set.prices
            for it in slices
            if it.valid_to == piece.valid_from
            and it.day_from_us <= piece.day_from_us < it.day_to_us
        ),
        nothing,
    )
    changes: list[Words] = []
    for unit, price in piece.price_set.prices.items():
        old, name = before.get(unit), _unit_name(unit)
        if old is None:
            changes.append(message("{unit} {price} (new)", unit=name, price=_shown(price)))
        elif old.base != price.base:
            changes.append(
                message(
                    "{unit} from {before} to {after}",
                    unit=name,
                    before=_shown(old),
                    after=_shown(price),
                )
            )
        elif old != price:
            changes.append(message("{unit} above some lengths of input", unit=name))
    ended = [unit for unit in before if unit not in piece.price_set.prices]
    changes += [message("{unit} ends", unit=_unit_name(unit)) for unit in ended]
    if piece.hours:
        return [message("{change} at {hours}", change=it, hours=piece.hours) for it in changes]
    return changes


def price_change(changes: Iterable[Words]) -> Message:
    """Return the sentence of some changes, each said once."""
    once = {str(change): change for change in changes}
    return message("per million tokens: {changes}", changes=joined(*once.values(), by="; "))


def _unit_name(unit: str) -> Words:
    """Return a unit of the price book in words, with its count where that is no million tokens."""
    if unit in _PER_MILLION:
        return message(_PER_MILLION[unit])
    if unit.endswith("_kcount"):
        return message("{unit} (per thousand)", unit=unit.removesuffix("_kcount"))
    return unit


def _shown(price: UnitPrice) -> Decimal:
    return Decimal(format(price.base.normalize() + 0, "f"))


def _months_later(day: date, months: int) -> date:
    month = day.month - 1 + months
    return date(day.year + month // 12, month % 12 + 1, 1)

"""What changed between two price books, or between two days of one."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from centavo.pricing.book import PriceBook
from centavo.pricing.event_units import EXACT
from centavo.pricing.tiers import Tier

__all__ = ["BookAt", "PriceChange", "compare_books"]

ChangeKind = Literal["added", "removed", "changed"]
_Place = tuple[str, str, Tier, str, int, str]


@dataclass(frozen=True)
class BookAt:
    """A price book at one moment (aware)."""

    book: PriceBook
    at: datetime


@dataclass(frozen=True)
class PriceChange:
    """One price that is not the same on both sides.

    Attributes:
        kind: ``added``, ``removed`` or ``changed``.
        provider: As in the price list.
        model: As in the price list.
        tier: Processing tier.
        unit: Price key.
        over_input_tokens: The price is for requests with more input than this; 0 for all.
        hours: Hours of the day (UTC) in which it holds; empty for all.
        before: Price on the first side, per ``per`` units.
        before_currency: Its currency.
        after: Price on the second side.
        after_currency: Its currency.
        per: Number of units that a price is for.
    """

    kind: ChangeKind
    provider: str
    model: str
    tier: Tier
    unit: str
    over_input_tokens: int
    hours: str
    before: Decimal | None
    before_currency: str | None
    after: Decimal | None
    after_currency: str | None
    per: int

    @property
    def difference(self) -> Decimal | None:
        """(after - before) / before; ``None`` where that says nothing."""
        if not self.before or self.after is None or self.before_currency != self.after_currency:
            return None
        return EXACT.divide(EXACT.subtract(self.after, self.before), self.before)


def compare_books(
    first: BookAt, second: BookAt, *, only: Collection[tuple[str, str, str]] | None = None
) -> list[PriceChange]:
    """Return every price that differs, in the order of provider, model, tier and unit.

    Units that the ledger does not count are left out.

    Args:
        first: The earlier side.
        second: The later side.
        only: (provider, model, tier) of the price list to look at; ``None`` for all.
    """
    before, after = _prices(first, only), _prices(second, only)
    changes: list[PriceChange] = []
    for place in sorted(before.keys() | after.keys()):
        old, new = before.get(place), after.get(place)
        if old == new:
            continue
        provider, model, tier, unit, over, hours = place
        kind: ChangeKind = "added" if old is None else "removed" if new is None else "changed"
        book = first.book if new is None else second.book
        changes.append(
            PriceChange(
                kind=kind,
                provider=provider,
                model=model,
                tier=tier,
                unit=unit,
                over_input_tokens=over,
                hours=hours,
                before=old[0] if old else None,
                before_currency=old[1] if old else None,
                after=new[0] if new else None,
                after_currency=new[1] if new else None,
                per=book.units.per(unit),
            )
        )
    return changes


def _prices(
    side: BookAt, only: Collection[tuple[str, str, str]] | None
) -> dict[_Place, tuple[Decimal, str]]:
    at = side.at.astimezone(UTC).replace(tzinfo=None)
    found: dict[_Place, tuple[Decimal, str]] = {}
    for place, price, currency in _held(side.book, at, only):
        found[place] = (price, currency)
    return found


def _held(
    book: PriceBook, at: datetime, only: Collection[tuple[str, str, str]] | None
) -> Iterable[tuple[_Place, Decimal, str]]:
    """Yield the prices of a day, each with the hours that it holds in."""
    counted = set(book.units.price_keys())
    for provider, model, tier, slices in book.everything():
        if only is not None and (provider, model, tier) not in only:
            continue
        for piece in slices:
            if not piece.valid_from <= at < piece.valid_to:
                continue
            currency = piece.price_set.currency
            for unit, price in piece.price_set.prices.items():
                if unit not in counted:
                    continue
                for over, amount in ((0, price.base), *price.above):
                    yield (provider, model, tier, unit, over, piece.hours), amount, currency

"""List prices of earlier days, where the price list has today's price without a date.

A name such as ``gpt-4o`` moves from one snapshot of a model to the next, and its price with it. The
list keeps only the last one, so that old requests would cost too little or too much.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from importlib.resources import files

from centavo.pricing.slices import PriceSet, PriceSlice, UnitPrice, cut
from centavo.pricing.yaml_entries import YamlEntry, read_yaml

__all__ = ["FormerPrice", "PriceHistory"]

_NAME = "price_history.yaml"
_KEYS = ("provider", "model", "valid_from", "valid_to", "source", "note")
_HINT = "docs/price-book.md describes the file."
_CURRENCY = "USD"


@dataclass(frozen=True)
class FormerPrice:
    """What one name cost in its days, at the standard tier.

    Attributes:
        provider: As the price list names it.
        model: The name that was asked for, lower case.
        valid_from: First day, from midnight UTC.
        valid_to: First day on which another price holds.
        prices: By price key.
        source: Page that says so.
    """

    provider: str
    model: str
    valid_from: date
    valid_to: date
    prices: Mapping[str, UnitPrice]
    source: str

    def holds(self, at: datetime) -> bool:
        """Say whether it holds at an instant (naive UTC)."""
        return self.valid_from <= at.date() < self.valid_to


@dataclass(frozen=True)
class PriceHistory:
    """Every former price that is known.

    Attributes:
        content: The file that says so.
        entries: In its order.
    """

    content: bytes
    entries: tuple[FormerPrice, ...]

    @classmethod
    def shipped(cls, price_keys: Collection[str]) -> "PriceHistory":
        """Return the history that comes with this version."""
        path = files("centavo.pricing").joinpath("data", _NAME)
        return cls.of(path.read_bytes(), price_keys)

    @classmethod
    def of(cls, content: bytes, price_keys: Collection[str]) -> "PriceHistory":
        """Return the history of a file's content.

        Args:
            content: YAML, UTF-8.
            price_keys: The price keys that may be set.

        Raises:
            InputError: It is not YAML.
            BadValueError: A value cannot be used; names line, key and value.
        """
        top = read_yaml(content, file=_NAME, hint=_HINT)
        top.check_keys(("as_of", "prices"))
        top.day("as_of")
        return cls(content, tuple(_former(it, price_keys) for it in top.entries("prices")))

    def laid_over(
        self, listed: Sequence[PriceSlice], *, provider: str, name: str
    ) -> tuple[PriceSlice, ...]:
        """Return the prices of a name with those of its earlier days in their place.

        Args:
            listed: Prices of the list at the standard tier.
            provider: As the price list names it.
            name: As the log or the user states it; a path before it does not matter.
        """
        own = name.strip().lower().rpartition("/")[2]
        former = [it for it in self.entries if (it.provider, it.model) == (provider, own)]
        if not former:
            return tuple(listed)

        def price_set_at(at: datetime) -> PriceSet | None:
            for entry in former:
                if entry.holds(at):
                    return PriceSet(entry.prices, _CURRENCY, f"price history ({entry.source})")
            return next((piece.price_set for piece in listed if piece.holds(at)), None)

        days = [piece.valid_from for piece in listed] + [piece.valid_to for piece in listed]
        days += [_midnight(day) for it in former for day in (it.valid_from, it.valid_to)]
        hours = [edge for piece in listed for edge in (piece.day_from_us, piece.day_to_us)]
        return cut(days, hours, price_set_at)


def _former(entry: YamlEntry, price_keys: Collection[str]) -> FormerPrice:
    entry.check_keys((*_KEYS, *price_keys))
    stated = [key for key in entry.values if key not in _KEYS]
    if not stated:
        entry.fail("is missing", "input_mtok")
    first, end = entry.day("valid_from"), entry.day("valid_to")
    if end <= first:
        entry.fail("is not after valid_from", "valid_to", str(end))
    return FormerPrice(
        provider=entry.text("provider").lower(),
        model=entry.text("model").lower(),
        valid_from=first,
        valid_to=end,
        prices={key: UnitPrice(entry.decimal(key)) for key in stated},
        source=entry.text("source"),
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min)

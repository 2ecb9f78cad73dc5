"""Which columns of a request count which priced unit, and what one count of a column costs.

The price list counts whole and part: its ``input_tokens`` include cached and audio tokens, and a
part with a price of its own is taken out of its whole. The ledger's main columns exclude each
other. Both are linear, so a price set becomes one coefficient per column: a request's cost is the
sum of count times coefficient, and a part's coefficient is what it costs more (or less) than the
same token as part of its whole.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from itertools import combinations
from typing import TYPE_CHECKING

from centavo.pricing.slices import UnitPrice

if TYPE_CHECKING:
    from genai_prices.units import UnitDef, UnitRegistry

__all__ = ["EVENT_UNITS", "EXACT", "MAIN_COLUMNS", "PARTS", "EventUnits", "Shape"]

# Columns that exclude each other; everything else in TOKEN_COLUMNS is a part of one of these.
MAIN_COLUMNS: tuple[str, ...] = (
    "input_uncached_tokens",
    "cache_read_tokens",
    "cache_write_tokens",
    "cache_write_5m_tokens",
    "cache_write_1h_tokens",
    "output_tokens",
    "web_searches",
)
_WRITES = MAIN_COLUMNS[2:5]

# The library's unit -> the ledger's columns that add up to it.
EVENT_UNITS: Mapping[str, tuple[str, ...]] = {
    "input_tokens": MAIN_COLUMNS[:5],
    "cache_read_tokens": ("cache_read_tokens",),
    "cache_write_tokens": _WRITES,
    "cache_write_5m_tokens": ("cache_write_5m_tokens",),
    "cache_write_1h_tokens": ("cache_write_1h_tokens",),
    "output_tokens": ("output_tokens",),
    "web_searches": ("web_searches",),
    "output_reasoning_tokens": ("reasoning_tokens",),
    "input_text_tokens": ("input_text_tokens",),
    "input_audio_tokens": ("input_audio_tokens",),
    "input_image_tokens": ("input_image_tokens",),
    "input_video_tokens": ("input_video_tokens",),
    "input_tool_tokens": ("input_tool_tokens",),
    "cache_text_read_tokens": ("cache_read_text_tokens",),
    "cache_audio_read_tokens": ("cache_read_audio_tokens",),
    "cache_image_read_tokens": ("cache_read_image_tokens",),
    "cache_video_read_tokens": ("cache_read_video_tokens",),
    "output_text_tokens": ("output_text_tokens",),
    "output_audio_tokens": ("output_audio_tokens",),
    "output_image_tokens": ("output_image_tokens",),
}
# Part column -> its unit, in the ledger's order.
PARTS: Mapping[str, str] = {
    columns[0]: unit for unit, columns in EVENT_UNITS.items() if columns[0] not in MAIN_COLUMNS
}
_REQUESTS = "requests"  # counted once per request, without a column

# What a unit counts, where it is missing when a log says nothing. Uncached input stands for the
# whole: a log that gives cached tokens alone does not give the input.
_MISSING: Mapping[str, str] = {
    "input_tokens": "input_uncached_tokens IS NULL",
    "cache_write_tokens": f"coalesce({', '.join(_WRITES)}) IS NULL",
}

# Wider than any sum of prices and counts that fits the ledger.
EXACT = Context(prec=60)


@dataclass(frozen=True)
class Shape:
    """Price sets with prices for the same units, and what SQL they share.

    Attributes:
        parts: Part columns with a coefficient, in the order of the coefficients.
        inconsistent: SQL condition: the priced parts of a request exceed their whole.
        incomplete: SQL condition: a priced unit is missing although its parts are stated.
        blind: Whether some priced unit is always missing, because the ledger does not count it.
    """

    parts: tuple[str, ...]
    inconsistent: str
    incomplete: str
    blind: bool


class EventUnits:
    """The units of the price list, seen from the ledger's columns.

    Args:
        registry: The library's units and which is part of which.
    """

    def __init__(self, registry: "UnitRegistry") -> None:
        self._registry = registry
        self._shapes: dict[frozenset[str], Shape] = {}

    def per(self, price_key: str) -> int:
        """Return how many units the price is for: 1,000,000 tokens, 1,000 searches."""
        return self._registry.unit_for_price_key(price_key).per

    def price_keys(self) -> tuple[str, ...]:
        """Return the price keys of the units that the ledger counts, sorted."""
        units = self._registry.units
        counted = (*EVENT_UNITS, _REQUESTS)
        return tuple(sorted(units[key].price_key for key in counted if key in units))

    def check(self, price_keys: Iterable[str]) -> None:
        """Check that each part has a price for its whole and for what it overlaps with.

        Raises:
            ValueError: A price is missing; the message names the units.
        """
        from genai_prices.validation import validate_priced_units

        units = [self._registry.unit_for_price_key(key) for key in price_keys]
        validate_priced_units(units, self._registry)

    def coefficients(
        self, prices: Mapping[str, UnitPrice], *, input_tokens: int
    ) -> dict[str, Decimal]:
        """Return what one count of each column costs, for requests with this much input.

        Columns without a coefficient cost nothing, or nothing more than their whole.
        ``requests`` is what a request costs beside its counts.
        """
        from genai_prices.decompose import is_descendant_or_self

        units = sorted(self._priced(prices), key=lambda unit: len(unit.dimensions))
        marginal: dict[str, Decimal] = {}
        for unit in units:
            price = EXACT.divide(prices[unit.price_key].at(input_tokens), Decimal(unit.per))
            for whole in units:
                if whole is not unit and is_descendant_or_self(whole, unit):
                    price = EXACT.subtract(price, marginal[whole.usage_key])
            marginal[unit.usage_key] = price
        result: dict[str, Decimal] = {}
        for unit_key, price in marginal.items():
            columns = EVENT_UNITS.get(unit_key, (unit_key,) if unit_key == _REQUESTS else ())
            for column in columns:
                result[column] = EXACT.add(result.get(column, Decimal(0)), price)
        return result

    def unpriced(self, prices: Mapping[str, UnitPrice]) -> tuple[bool, bool, bool]:
        """Say whether input, output and web searches, in this order, lack a price."""
        priced = {unit.usage_key for unit in self._priced(prices)}
        return (
            "input_tokens" not in priced,
            "output_tokens" not in priced,
            "web_searches" not in priced,
        )

    def shape(self, prices: Mapping[str, UnitPrice]) -> Shape:
        """Return the shape of a price set."""
        units = self._priced(prices)
        key = frozenset(unit.usage_key for unit in units)
        if key not in self._shapes:
            self._shapes[key] = Shape(
                parts=tuple(column for column, unit in PARTS.items() if unit in key),
                inconsistent=_any(
                    [
                        *(f"{column} < 0" for column, unit in PARTS.items() if unit in key),
                        *(self._negative_leaf(unit, units) for unit in units),
                    ]
                ),
                incomplete=_any(self._missing_whole(unit) for unit in units),
                blind=any(
                    self._missing_whole(unit) for unit in units if unit.usage_key not in EVENT_UNITS
                ),
            )
        return self._shapes[key]

    def _priced(self, prices: Mapping[str, UnitPrice]) -> "list[UnitDef]":
        return [self._registry.unit_for_price_key(key) for key in sorted(prices)]

    def _negative_leaf(self, unit: "UnitDef", priced: "list[UnitDef]") -> str:
        """Return SQL: what remains of a unit without its priced parts is negative."""
        remains: dict[str, int] = {}
        for part, factor in self._leaf(unit, priced).items():
            for column in EVENT_UNITS.get(part, ()):
                remains[column] = remains.get(column, 0) + factor
        if all(factor >= 0 for factor in remains.values()):
            return ""  # counts are not negative: nothing to check
        terms = [f"{factor:+d} * _price_n_{column}" for column, factor in remains.items() if factor]
        return f"{' '.join(terms)} < 0"

    def _leaf(self, unit: "UnitDef", priced: "list[UnitDef]") -> dict[str, int]:
        """Return the part of a unit that no more specific price covers, as a sum of units."""
        from genai_prices.decompose import is_descendant_or_self

        leaf = {unit.usage_key: 1}
        for part in priced:
            if part is not unit and is_descendant_or_self(unit, part):
                for key, factor in self._leaf(part, priced).items():
                    leaf[key] = leaf.get(key, 0) - factor
        return leaf

    def _missing_whole(self, unit: "UnitDef") -> str:
        """Return SQL: the log does not state a unit, but does state parts or overlaps of it.

        The library's rule for what it calls a missing usage.
        """
        from genai_prices.decompose import is_descendant_or_self

        counted = [self._registry.units[key] for key in EVENT_UNITS if key in self._registry.units]
        stated = [
            _positive(part)
            for part in counted
            if part is not unit and is_descendant_or_self(unit, part) and not _implies(part, unit)
        ]
        stated += [
            f"{_positive(left)} AND {_positive(right)}"
            for left, right in combinations(counted, 2)
            if _overlap_is(unit, left, right)
        ]
        if not stated:
            return ""
        missing = _missing(unit)
        return f"({missing} AND ({' OR '.join(stated)}))" if missing else f"({' OR '.join(stated)})"


def _missing(unit: "UnitDef") -> str:
    """Return SQL: the unit is not stated; empty where the ledger never states it."""
    if unit.usage_key not in EVENT_UNITS:
        return ""
    return _MISSING.get(unit.usage_key, f"{EVENT_UNITS[unit.usage_key][0]} IS NULL")


def _implies(part: "UnitDef", whole: "UnitDef") -> bool:
    """Say whether stating a part states its whole: a 5-minute write is a write."""
    return whole.usage_key == "cache_write_tokens" and set(EVENT_UNITS[part.usage_key]) <= set(
        _WRITES
    )


def _positive(unit: "UnitDef") -> str:
    """Return SQL: a stated unit counts more than nothing (counts are not negative)."""
    stated = " OR ".join(f"{column} > 0" for column in EVENT_UNITS[unit.usage_key])
    return f"({stated})"


def _overlap_is(unit: "UnitDef", left: "UnitDef", right: "UnitDef") -> bool:
    """Say whether a unit is exactly what two others overlap in."""
    from genai_prices.decompose import is_descendant_or_self

    return (
        left.is_compatible_with(right)
        and not is_descendant_or_self(left, right)
        and not is_descendant_or_self(right, left)
        and dict(unit.dimensions) == {**left.dimensions, **right.dimensions}
    )


def _any(conditions: Iterable[str]) -> str:
    return " OR ".join(condition for condition in conditions if condition) or "false"

"""The interval table that requests are joined with: one row per name, slice of time and input tier.

Costs are integers: a coefficient is what one count costs in units of 10^-12 of the currency (the
last digit of the ledger's DECIMAL(18,12)), so the cost of a request is an exact sum of products of
64-bit integers. Prices finer than that carry a second integer, their next 12 digits.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from centavo.pricing.event_units import EXACT, MAIN_COLUMNS, EventUnits, Shape
from centavo.pricing.problems import PriceProblem
from centavo.pricing.slices import ALWAYS, DAY_US, NEVER, PriceSlice, UnitPrice

if TYPE_CHECKING:
    import duckdb

__all__ = ["MAX_COUNT", "EventKey", "PriceRows", "Priced"]

MAX_COUNT = 2**40 - 1  # no request counts a million million tokens
_UNPRICED_BITS = (1, 2, 4)  # input, output, web searches
_FINE = 10**12


@dataclass(frozen=True)
class EventKey:
    """What a request says about its price: the names in the log and the processing tier."""

    provider: str | None
    requested_model: str | None
    answered_model: str | None
    processing_tier: str | None


@dataclass(frozen=True)
class Priced:
    """What the book answers to a key: slices of prices, and the reason where there is none.

    Attributes:
        model: As the book names it; as the log does where the book does not know it.
        slices: Prices over time.
        problem: The reason where no slice holds.
        provider: As the price list names it; ``None`` where the list does not know the model.
    """

    model: str | None
    slices: tuple[PriceSlice, ...]
    problem: PriceProblem
    provider: str | None = None


@dataclass(frozen=True)
class _Coefficients:
    """One count's cost per column, exactly: pico units, and the 12 digits after them."""

    pico: list[int]
    fine: list[int]

    @property
    def is_fine(self) -> bool:
        return any(self.fine)


class PriceRows:
    """Collects the rows for the keys of one relation, and the shapes that their SQL needs.

    Args:
        units: What the ledger's columns count.
    """

    def __init__(self, units: EventUnits) -> None:
        self._units = units
        self._rows: list[dict[str, object]] = []
        self._keys: list[EventKey] = []
        self.shapes: list[Shape] = []
        self.has_input_tiers = False
        self.has_hours = False
        self.has_fine_prices = False

    @property
    def part_count(self) -> int:
        """Number of part coefficients that a row carries."""
        return max((len(shape.parts) for shape in self.shapes), default=0)

    def add(self, key: EventKey, priced: Priced) -> None:
        """Add the rows of one key: no instant and no input is covered twice.

        An instant without a row has no price at that date.
        """
        self._keys.append(key)
        names: dict[str, object] = vars(key)
        for piece in priced.slices:
            for row in self._slice_rows(piece):
                self._rows.append({**names, **row, "priced_model": priced.model})
        if not priced.slices:
            always = {"valid_from": ALWAYS, "valid_to": NEVER}
            self._rows.append({**names, **always, "problem": priced.problem})

    def telling_names(self) -> tuple[str, ...]:
        """Return the fewest columns that tell every key of the relation from every other.

        Comparing four names per request costs more than finding out that one would do.
        """
        names = tuple(EventKey.__dataclass_fields__)
        for size in range(1, len(names)):
            for chosen in combinations(names, size):
                seen = {tuple(getattr(key, name) for name in chosen) for key in self._keys}
                if len(seen) == len(self._keys):
                    return chosen
        return names

    def create_table(self, connection: "duckdb.DuckDBPyConnection", name: str) -> None:
        """Create a temporary table of the rows; its column names begin with ``_price_``."""
        columns = self._columns()
        rows = [
            {f"_price_{column}": value for column, value in (_DEFAULTS | row).items()}
            for row in self._rows
        ]
        structure = json.dumps([{f"_price_{column}": kind for column, kind in columns.items()}])
        connection.execute(
            f"CREATE TEMP TABLE {name} AS "
            f"SELECT unnest(from_json($rows::JSON, '{structure}'), max_depth := 2)",
            {"rows": json.dumps(rows, default=datetime.isoformat)},
        )

    def _columns(self) -> dict[str, str]:
        """Return the columns of the table and their types."""
        parts = [f"part_{place}" for place in range(1, self.part_count + 1)]
        text = [*EventKey.__dataclass_fields__, "priced_model", "price_source", "cost_currency"]
        whole = ["day_from_us", "day_to_us", "input_from", "input_to", "shape", "unpriced"]
        whole += [f"c_{name}" for name in (*MAIN_COLUMNS, "requests", *parts)]
        return {
            **dict.fromkeys([*text, "problem"], "VARCHAR"),
            **dict.fromkeys(["valid_from", "valid_to"], "TIMESTAMP"),
            **dict.fromkeys(whole, "BIGINT"),
            "fine": "BIGINT[]",
        }

    def _slice_rows(self, piece: PriceSlice) -> Iterator[dict[str, object]]:
        prices = piece.price_set.prices
        shape = self._units.shape(prices)
        if shape not in self.shapes:
            self.shapes.append(shape)
        self.has_hours |= (piece.day_from_us, piece.day_to_us) != (0, DAY_US)
        flags = self._units.unpriced(prices)
        for input_from, input_to in _input_tiers(prices.values()):
            self.has_input_tiers |= input_from > 0
            columns = self._coefficients(prices, shape, input_from)
            self.has_fine_prices |= columns.is_fine
            row: dict[str, object] = {
                "valid_from": piece.valid_from,
                "valid_to": piece.valid_to,
                "day_from_us": piece.day_from_us,
                "day_to_us": piece.day_to_us,
                "input_from": input_from,
                "input_to": input_to,
                "price_source": piece.price_set.source,
                "cost_currency": piece.price_set.currency,
                "shape": self.shapes.index(shape),
                "unpriced": sum(
                    bit for bit, flag in zip(_UNPRICED_BITS, flags, strict=True) if flag
                ),
                "fine": columns.fine if columns.is_fine else None,
            }
            names = [*MAIN_COLUMNS, "requests"]
            names += [f"part_{index}" for index in range(1, len(shape.parts) + 1)]
            yield row | {f"c_{name}": pico for name, pico in zip(names, columns.pico, strict=True)}

    def _coefficients(
        self, prices: Mapping[str, UnitPrice], shape: Shape, input_tokens: int
    ) -> _Coefficients:
        exact = self._units.coefficients(prices, input_tokens=input_tokens)
        pico: list[int] = []
        fine: list[int] = []
        for column in (*MAIN_COLUMNS, "requests", *shape.parts):
            digits = exact.get(column, Decimal(0)).scaleb(24, EXACT)
            whole, rest = divmod(int(digits.to_integral_value(ROUND_HALF_EVEN)), _FINE)
            pico.append(whole)
            fine.append(rest)
        return _Coefficients(pico, fine)


_DEFAULTS: dict[str, object] = {
    "day_from_us": 0,
    "day_to_us": DAY_US,
    "input_from": 0,
    "input_to": MAX_COUNT + 1,
}


def _input_tiers(prices: Iterable[UnitPrice]) -> list[tuple[int, int]]:
    """Return the ranges of input tokens, end excluded, in which no price changes."""
    edges = {0, MAX_COUNT * len(MAIN_COLUMNS)}
    edges |= {threshold + 1 for price in prices for threshold, _ in price.above}
    return list(pairwise(sorted(edges)))

"""Amounts in the currency that was asked for, each at the rate of its day, and which rate it was."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce

from centavo.consumption.cost_cells import CostCell
from centavo.ledger.allocation import split_units
from centavo.ledger.exchange import Conversion, ExchangeRates
from centavo.money import EXACT, LEDGER_DECIMALS, Money
from centavo.wording import counted

__all__ = ["RateUse", "converted"]

_BILL = "the bill's own rate"


@dataclass(frozen=True)
class RateUse:
    """How the amounts of one currency became another, or that they did not.

    Attributes:
        base: Their currency.
        target: The currency that was asked for.
        file: Name of the user's file of rates; empty for the rates of a bill's own rows.
        used: Each rate that was used, in order: units of ``base`` for one of ``target`` of a bill, else
            the rate with its day and file. Empty where none is known.
        rows: Ledger rows without a known rate.
    """

    base: str
    target: str
    file: str = ""
    used: tuple[str, ...] = ()
    rows: int = 0

    @property
    def sentence(self) -> str:
        """What a reader must know of it."""
        if not self.used:
            has, stays = ("has", "stays") if self.rows == 1 else ("have", "stay")
            return (
                f"{counted(self.rows, 'row')} in {self.base} {has} no known rate to {self.target} and"
                f" {stays} in {self.base}; name a file of dated rates under [currency] in centavo.toml."
            )
        if not self.file:
            return (
                f"{self.base} converted to {self.target} at the bill's own rates: {self.span} "
                f"{self.base} for one {self.target}."
            )
        if len(self.used) == 1:
            return f"{self.base} converted to {self.target}: {self.used[0]}."
        return (
            f"{self.base} converted to {self.target} at {len(self.used)} dated rates of {self.file},"
            f" e.g. {self.used[0]}."
        )

    @property
    def span(self) -> str:
        """The least and the greatest of a bill's own rates."""
        least, greatest = self.used[0], self.used[-1]
        return least if least == greatest else f"{least} to {greatest}"


def converted(
    cells: Sequence[CostCell], target: str, rates: ExchangeRates | None, *, apart: bool = False
) -> tuple[list[CostCell], list[RateUse]]:
    """Return the cells in the target currency where a rate is known, and which rates those were.

    The user's file comes first, then the rate that the bill's own rows carry. An amount without a
    rate keeps its currency.

    Args:
        cells: Amounts, each of one day and rate.
        target: The currency to show.
        rates: The user's file.
        apart: Each amount is rounded alone. Otherwise the amounts of one day and rate add up to their
            converted sum, so that a total is the same however it is cut.
    """
    results: list[CostCell] = []
    together: dict[tuple[str, Conversion], list[int]] = {}
    ways: dict[tuple[str, str], set[str]] = {}
    unknown: dict[str, int] = {}
    for cell in cells:
        base = cell.cost.currency
        way = None if base == target else _way(cell, target, rates)
        if base == target:
            results.append(cell)
        elif way is None:
            results.append(cell)
            unknown[base] = unknown.get(base, 0) + cell.rows
        else:
            together.setdefault((base, way), []).append(len(results))
            results.append(replace(cell, cost=way.apply(cell.cost.amount)))
            is_own = way.source == _BILL
            shown = f"{way.divide.normalize():f}" if is_own else way.source
            file = "" if is_own or rates is None else rates.name
            ways.setdefault((base, file), set()).add(shown)
    if not apart:
        for (_, way), places in together.items():
            _even_out(way, cells, results, places=places)
    uses = [
        RateUse(base, target, file, tuple(sorted(used, key=None if file else Decimal)))
        for (base, file), used in ways.items()
    ]
    return results, [*uses, *(RateUse(base, target, rows=rows) for base, rows in unknown.items())]


def _even_out(
    way: Conversion, cells: Sequence[CostCell], results: list[CostCell], *, places: Sequence[int]
) -> None:
    """Make the results add up to the converted sum: the largest take the units that rounding moved."""
    whole = way.apply(_sum(cells[place] for place in places)).amount
    off = EXACT.subtract(whole, _sum(results[place] for place in places))
    if not off:
        return
    by_size = sorted(
        places, key=lambda place: (-abs(cells[place].cost.amount), str(cells[place].key))
    )
    units = int(EXACT.divide(off, LEDGER_DECIMALS))
    for place, moved in zip(by_size, split_units(units, [1] * len(by_size)), strict=True):
        more = Money(moved * LEDGER_DECIMALS, way.currency)
        results[place] = replace(results[place], cost=results[place].cost + more)


def _sum(cells: Iterable[CostCell]) -> Decimal:
    return reduce(EXACT.add, (cell.cost.amount for cell in cells), Decimal(0))


def _way(cell: CostCell, target: str, rates: ExchangeRates | None) -> Conversion | None:
    if rates is not None and cell.day is not None:
        found = rates.find(cell.cost.currency, target, cell.day)
        if found is not None:
            return found
    if cell.bill_rate is not None and cell.bill_rate[1] == target:
        return Conversion(target, Decimal(1), cell.bill_rate[0], _BILL)
    return None

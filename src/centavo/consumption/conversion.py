"""Amounts in the currency that was asked for, each at the rate of its day, and which rate it was."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from centavo.consumption.cost_cells import CostCell
from centavo.ledger.exchange import Conversion, ExchangeRates

__all__ = ["converted"]

_BILL = "the bill's own rate"


def converted(
    cells: Sequence[CostCell], target: str, rates: ExchangeRates | None
) -> tuple[list[CostCell], list[str]]:
    """Return the cells in the target currency where a rate is known, and how as sentences.

    The user's file comes first, then the rate that the bill's own rows carry. An amount without a
    rate keeps its currency, and a sentence says so.
    """
    results: list[CostCell] = []
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
            results.append(replace(cell, cost=way.apply(cell.cost.amount)))
            origin = _BILL if way.source == _BILL else f"rates of {rates.name if rates else ''}"
            shown = f"{way.divide.normalize():f}" if way.source == _BILL else way.source
            ways.setdefault((base, origin), set()).add(shown)
    notes = [_sentence(base, target, origin, used) for (base, origin), used in ways.items()]
    notes += [
        f"{rows:,} rows in {base} have no known rate to {target} and stay in {base}; "
        "name a file of dated rates under [currency] in centavo.toml."
        for base, rows in unknown.items()
    ]
    return results, notes


def _way(cell: CostCell, target: str, rates: ExchangeRates | None) -> Conversion | None:
    if rates is not None and cell.day is not None:
        found = rates.find(cell.cost.currency, target, cell.day)
        if found is not None:
            return found
    if cell.bill_rate is not None and cell.bill_rate[1] == target:
        return Conversion(target, Decimal(1), cell.bill_rate[0], _BILL)
    return None


def _sentence(base: str, target: str, origin: str, used: set[str]) -> str:
    listed = sorted(used)
    if origin == _BILL:
        span = (
            listed[0]
            if len(listed) == 1
            else f"{min(used, key=Decimal)} to {max(used, key=Decimal)}"
        )
        return (
            f"{base} converted to {target} at the bill's own rates: {span} {base} for one {target}."
        )
    if len(listed) == 1:
        return f"{base} converted to {target}: {listed[0]}."
    return f"{base} converted to {target} at {len(listed)} dated {origin}, e.g. {listed[0]}."

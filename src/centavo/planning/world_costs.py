"""What a scenario costs in many worlds at once: the same formulas and terms, over rows of numbers."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from centavo.planning.distributions import Array, Rows
from centavo.planning.plan import DatedPrice, Driver
from centavo.planning.price_terms import Arithmetic, cost_of
from centavo.planning.rates import rate_between
from centavo.planning.resolved import PlannedLine, ResolvedScenario
from centavo.planning.worlds import World

__all__ = ["CostRows", "cost_rows", "rate_rows"]


def _constant(number: Decimal) -> Rows:
    return np.full((1, 1), float(number))


_BY_ROWS: Arithmetic[Rows] = Arithmetic(_constant, np.minimum, np.maximum)


@dataclass(frozen=True)
class CostRows:
    """Costs in the plan's currency.

    Attributes:
        months: Before taxes, shape (months, rows).
        taxes: All taxes, the same shape; ``None`` without any.
    """

    months: Array
    taxes: Array | None


def cost_rows(
    resolved: ResolvedScenario,
    world: World,
    *,
    each_line: Callable[[int, Rows], None] | None = None,
) -> CostRows:
    """Return the cost of every month in every row of a world.

    Args:
        resolved: The scenario.
        world: Its rows.
        each_line: Is handed each line's number and its cost, shape (1 or months, rows or 1).
    """
    plan = resolved.plan
    values = _Quantities(resolved, world)
    factors = {
        it.component.name: float(
            sum(
                (t.factor for t in plan.taxes if t.on is None or it.component.name in t.on),
                Decimal(0),
            )
        )
        for it in resolved.lines
    }
    flat, flat_tax = np.zeros((1, world.size)), np.zeros((1, world.size))
    months = np.zeros((plan.months, world.size))
    tax = np.zeros((plan.months, world.size)) if plan.taxes else None
    for number, line in enumerate(resolved.lines):
        cost = _line_cost(resolved, line, values, world)
        if each_line is not None:
            each_line(number, cost)
        factor = factors[line.component.name]
        if cost.shape[0] == 1:
            flat += cost
            flat_tax += cost * factor if factor else 0.0
        else:
            months += cost
            if tax is not None and factor:
                tax += cost * factor
    months += flat
    if tax is not None:
        tax += flat_tax
    return CostRows(months, tax)


def rate_rows(resolved: ResolvedScenario, world: World, *, base: str, to: str) -> Rows:
    """Return units of ``to`` for one ``base`` in every row, shape (1, rows or 1)."""
    if base == to:
        return np.ones((1, 1))
    found = rate_between(resolved.plan.rates, base, to)
    assert found is not None, "the plan file was checked for it"
    rate, turned = found
    rows = world.values.get(f"rate:{rate.base}/{rate.to}")
    stated = np.full((1, 1), float(rate.rate)) if rows is None else rows
    return 1 / stated if turned else stated


class _Quantities:
    """Drivers and derived quantities of a world, computed when a formula asks for them."""

    def __init__(self, resolved: ResolvedScenario, world: World) -> None:
        self._resolved = resolved
        self._world = world
        self._uses = resolved.uses
        self._derived = {it.name: it.formula for it in resolved.plan.derived}
        self._kept: dict[str, Rows] = {}

    def __getitem__(self, name: str, /) -> Rows:
        if name in self._kept:
            return self._kept[name]
        if name in self._derived:
            rows = self._derived[name].value(self, _constant)
        else:
            driver = self._resolved.drivers[name]
            drawn = self._world.values.get(name)
            start = _constant(driver.value) if drawn is None else drawn
            rows = _grown(driver, start, self._resolved.plan.months)
        if self._uses[name] > 1:
            self._kept[name] = rows
        return rows


def _grown(driver: Driver, start: Rows, months: int) -> Rows:
    if driver.growth is None:
        return start
    numbers = np.arange(months, dtype=np.float64)[:, None]
    if driver.growth.share is not None:
        return start * ((1 + float(driver.growth.share)) ** numbers).astype(start.dtype)
    steps = (float(driver.growth.step or 0) * numbers).astype(start.dtype)
    return np.maximum(start + steps, start.dtype.type(0))


def _line_cost(
    resolved: ResolvedScenario, line: PlannedLine, values: _Quantities, world: World
) -> Rows:
    quantity = line.quantity.value(values, _constant)
    drawn = world.values.get(f"price:{line.price.name}")
    if all(it is line.dated[0] for it in line.dated):
        return _dated_cost(resolved, line.dated[0], quantity, drawn, world, line)
    parts: list[Rows] = []
    for month, dated in enumerate(line.dated):
        here = quantity[month : month + 1] if quantity.shape[0] > 1 else quantity
        cost = _dated_cost(resolved, dated, here, drawn, world, line)
        parts.append(np.broadcast_to(cost, (1, world.size)))
    return np.concatenate(parts)


def _dated_cost(
    resolved: ResolvedScenario,
    dated: DatedPrice,
    quantity: Rows,
    drawn: Rows | None,
    world: World,
    line: PlannedLine,
) -> Rows:
    amount: Rows = np.full((1, 1), float(dated.amount))
    if drawn is not None:
        # A range is stated of one dated price; the others move by the same share.
        stated = next((it for it in line.dated if it.spread is not None), line.dated[0]).amount
        scale = float(dated.amount) / float(stated) if stated else 1.0
        amount = drawn if scale == 1.0 else drawn * scale
    scale = 1 / float(dated.unit.scale)
    quantity = quantity if scale == 1.0 else quantity * scale
    cost = cost_of(quantity, amount, nominal=dated.amount, terms=dated.terms, by=_BY_ROWS)
    if dated.currency == resolved.plan.currency:
        return cost
    return cost * rate_rows(resolved, world, base=dated.currency, to=resolved.plan.currency)

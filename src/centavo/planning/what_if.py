"""What if: a scenario with other values, one driver at a time, or up to where another becomes cheaper."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

import numpy as np

from centavo.errors import ConfigError
from centavo.ledger.toml_lines import near_names
from centavo.planning.distributions import Array, Rows, from_normal, quantile_function
from centavo.planning.plan import DatedPrice, Plan, Spread
from centavo.planning.resolved import PlannedLine, ResolvedScenario
from centavo.planning.world_costs import cost_rows
from centavo.planning.worlds import World

__all__ = [
    "BreakEven",
    "Swing",
    "break_evens",
    "changed",
    "stated_value",
    "tornado",
    "varying_keys",
]

_Z_95 = 1.6448536269514722
_POINTS = 2_001


@dataclass(frozen=True)
class Swing:
    """What one thing does to the total when it alone moves.

    Attributes:
        key: Driver, ``price:NAME`` or ``rate:USD/BRL``.
        low: Its low value, in base units.
        high: Its high value.
        at_low: Cost of the horizon at the low value, all else as taken.
        at_high: Cost at the high value.
        stated: Whether the range is the plan's; else it is the swing asked for.
    """

    key: str
    low: float
    high: float
    at_low: float
    at_high: float
    stated: bool

    @property
    def width(self) -> float:
        """How far the two costs lie apart."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True)
class BreakEven:
    """A value of a driver, in base units, at which two scenarios cost the same over the horizon.

    Attributes:
        cheaper_below: Scenario that costs less below it.
        cheaper_above: Scenario that costs less above it.
        cost: What both cost there.
    """

    value: float
    cost: float
    cheaper_below: str
    cheaper_above: str


def stated_value(resolved: ResolvedScenario, key: str) -> Decimal:
    """Return what a scenario takes for a driver (in base units), price or rate.

    Raises:
        ConfigError: Nothing has this key.
    """
    for name, value, _ in _things(resolved):
        if name == key:
            return value
    known = varying_keys(resolved)
    raise ConfigError(f"{key!r} is nothing that can vary", hint=near_names(key, known))


def varying_keys(resolved: ResolvedScenario) -> tuple[str, ...]:
    """Return the keys of everything in a scenario that can be given another value."""
    return tuple(key for key, _, _ in _things(resolved))


def _things(resolved: ResolvedScenario) -> Iterator[tuple[str, Decimal, Spread | None]]:
    """Yield (key, value, range) of everything in a scenario that can be given another value."""
    for name, driver in resolved.drivers.items():
        yield name, driver.value, driver.spread
    seen: set[str] = set()
    for line in resolved.lines:
        if line.price.name not in seen:
            seen.add(line.price.name)
            dated = next((it for it in line.dated if it.spread is not None), line.dated[0])
            yield f"price:{line.price.name}", dated.amount, dated.spread
    for rate in resolved.plan.rates:
        yield f"rate:{rate.base}/{rate.to}", rate.rate, rate.spread


def changed(resolved: ResolvedScenario, values: Mapping[str, Decimal]) -> ResolvedScenario:
    """Return a scenario with other values, each then certain.

    Args:
        resolved: The scenario.
        values: By key: drivers in base units, prices and rates as stated.

    Raises:
        ConfigError: Nothing has one of these keys.
    """
    for key in values:
        stated_value(resolved, key)
    drivers = {
        name: replace(it, value=values[name], spread=None) if name in values else it
        for name, it in resolved.drivers.items()
    }
    lines = tuple(_with_price(it, values.get(f"price:{it.price.name}")) for it in resolved.lines)
    return replace(resolved, drivers=drivers, lines=lines, plan=_with_rates(resolved.plan, values))


def _with_price(line: PlannedLine, amount: Decimal | None) -> PlannedLine:
    if amount is None:
        return line
    share = amount / line.dated[0].amount if line.dated[0].amount else Decimal(1)

    def moved(dated: DatedPrice) -> DatedPrice:
        tiers = tuple(replace(it, amount=it.amount * share) for it in dated.terms.tiers)
        terms = replace(dated.terms, tiers=tiers) if tiers else dated.terms
        new = amount if dated is line.dated[0] else dated.amount * share
        return replace(dated, amount=new, spread=None, terms=terms)

    made = {id(it): moved(it) for it in line.dated}
    return replace(line, dated=tuple(made[id(it)] for it in line.dated))


def _with_rates(plan: Plan, values: Mapping[str, Decimal]) -> Plan:
    rates = tuple(
        replace(it, rate=values.get(f"rate:{it.base}/{it.to}", it.rate)) for it in plan.rates
    )
    return replace(plan, rates=rates)


def tornado(resolved: ResolvedScenario, *, swing: float | None = None) -> tuple[Swing, ...]:
    """Return what moves the horizon's cost, the widest first: two rows for each, in one run.

    A stated range is taken at its 5th and 95th percentile.

    Args:
        resolved: The scenario.
        swing: Share by which what has no range is moved as well; ``None`` leaves it out.
    """
    chosen = [
        (key, float(value), _ends(float(value), spread, swing), spread is not None)
        for key, value, spread in _things(resolved)
        if spread is not None or (swing is not None and value > 0)
    ]
    if not chosen:
        return ()
    rows: dict[str, Rows] = {}
    for place, (key, value, ends, _) in enumerate(chosen):
        row = np.full((1, 2 * len(chosen)), value)
        row[0, 2 * place : 2 * place + 2] = ends
        rows[key] = row
    costs = _horizons(resolved, World(2 * len(chosen), rows))
    found = [
        Swing(key, ends[0], ends[1], float(costs[2 * it]), float(costs[2 * it + 1]), stated)
        for it, (key, _, ends, stated) in enumerate(chosen)
    ]
    return tuple(sorted(found, key=lambda it: -it.width))


def _ends(value: float, spread: Spread | None, swing: float | None) -> tuple[float, float]:
    if spread is None:
        share = swing or 0.0
        return value * (1 - share), value * (1 + share)
    if spread.shape == "lognormal" and spread.low > 0:
        low, high = from_normal(spread, np.array([-_Z_95, _Z_95]))
    else:
        low, high = quantile_function(spread, value)(np.array([0.05, 0.95]))
    return float(low), float(high)


def _horizons(resolved: ResolvedScenario, world: World) -> Array:
    costs = cost_rows(resolved, world)
    total = costs.months if costs.taxes is None else costs.months + costs.taxes
    return total.sum(axis=0)


def break_evens(
    first: ResolvedScenario,
    second: ResolvedScenario,
    *,
    key: str,
    low: float,
    high: float,
) -> tuple[BreakEven, ...]:
    """Return every value of ``key`` between two bounds at which two scenarios cost the same.

    Costs are computed at 2,001 values and, around each change of sign, at as many again: a scenario
    that is cheaper only within a two-thousandth of the bounds is not seen.

    Raises:
        ConfigError: One of them has no such thing, or the bounds are none.
    """
    for each in (first, second):
        stated_value(each, key)
    if not low < high:
        raise ConfigError(
            f"from {low:g} to {high:g} there is nothing between", hint="Use --from, --to."
        )
    names = first.scenario.name, second.scenario.name

    def gap(values: Array) -> tuple[Array, Array]:
        world = World(len(values), {key: values[None, :]})
        costs = _horizons(first, world)
        return costs - _horizons(second, world), costs

    values = np.linspace(low, high, _POINTS)
    found: list[BreakEven] = []
    for start, end, falls in _crossings(values, gap(values)[0]):
        finer = np.linspace(start, end, _POINTS)
        apart, costs = gap(finer)
        place = int(np.argmin(np.abs(apart)))
        below, above = (names[1], names[0]) if falls else names
        found.append(BreakEven(float(finer[place]), float(costs[place]), below, above))
    return tuple(found)


def _crossings(values: Array, gap: Array) -> Iterator[tuple[float, float, bool]]:
    """Yield (from, to, whether the gap falls) around each change of sign; touching is none."""
    signs = [(at, sign) for at, sign in enumerate(np.sign(gap).tolist()) if sign]
    for (before, was), (after, now) in pairwise(signs):
        if was != now:
            yield float(values[before]), float(values[after]), was > 0

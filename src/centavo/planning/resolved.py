"""A scenario applied to its plan: the drivers and priced lines that hold in it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from centavo.errors import ConfigError, InputError
from centavo.ledger.toml_lines import near_names
from centavo.planning.formula import Formula
from centavo.planning.plan import (
    Component,
    DatedPrice,
    Driver,
    Plan,
    PlanPrice,
    PriceChange,
    Scenario,
)
from centavo.planning.price_terms import Terms
from centavo.planning.units import Unit

__all__ = ["PlannedLine", "ResolvedScenario", "resolve"]


@dataclass(frozen=True)
class PlannedLine:
    """One component that costs something in this scenario.

    Attributes:
        component: As the plan states it.
        quantity: Its formula.
        price: Its price in this scenario.
        dated: The price of each month.
    """

    component: Component
    quantity: Formula
    price: PlanPrice
    dated: tuple[DatedPrice, ...]

    @property
    def unit(self) -> Unit:
        """Unit of its quantity, and of its price."""
        return self.dated[0].unit


@dataclass(frozen=True)
class ResolvedScenario:
    """What is computed: a plan as it stands in one scenario.

    Attributes:
        lines: Components that are on and have a price, in the plan's order.
        carried: Components that are on and carried by a host that is on, by name, with the host.
    """

    plan: Plan
    scenario: Scenario
    drivers: Mapping[str, Driver]
    lines: tuple[PlannedLine, ...]
    carried: Mapping[str, str]

    @property
    def uses(self) -> Counter[str]:
        """How often each driver and quantity, and each ``price:NAME``, is computed with."""
        found: Counter[str] = Counter()
        for line in self.lines:
            found.update(line.quantity.names)
            found[f"price:{line.price.name}"] += 1
        for derived in self.plan.derived:
            found.update(derived.formula.names)
        return found

    @property
    def units(self) -> Mapping[str, Unit]:
        """Unit of each driver and derived quantity."""
        return {name: driver.unit for name, driver in self.drivers.items()} | {
            it.name: it.unit for it in self.plan.derived
        }


def resolve(plan: Plan, name: str | None = None) -> ResolvedScenario:
    """Return the plan in a scenario; ``None`` is the first one.

    Raises:
        ConfigError: There is no such scenario.
        InputError: A price has no date that holds in some month.
    """
    chosen = name or next(iter(plan.scenarios))
    if chosen not in plan.scenarios:
        raise ConfigError(
            f"{plan.file} has no scenario {chosen!r}", hint=near_names(chosen, plan.scenarios)
        )
    scenario = plan.scenarios[chosen]
    on = {it: c for it, c in plan.components.items() if it not in scenario.off}
    lines = [
        _line(plan, component, scenario.prices.get(it))
        for it, component in on.items()
        if component.price is not None
    ]
    carried = {it: c.carried_by for it, c in on.items() if c.carried_by is not None}
    for it, host in carried.items():
        if host not in on:
            raise InputError(
                f"{plan.file}, line {on[it].line}: {it} is carried by {host}, which is off in the"
                f" scenario {chosen}",
                hint=f"Switch {it} off too, or keep {host} on.",
            )
    drivers = dict(plan.drivers) | dict(scenario.drivers)
    return ResolvedScenario(plan, scenario, drivers, tuple(lines), carried)


def _line(plan: Plan, component: Component, change: PriceChange | None) -> PlannedLine:
    assert component.price is not None
    assert component.quantity is not None
    price = plan.prices[component.price]
    if change is not None and change.name is not None:
        price = plan.prices[change.name]
    elif change is not None and change.amount is not None:
        price = _changed(price, change, change.amount)
    dated = tuple(_of_month(plan, component, price, plan.month(it)) for it in range(plan.months))
    return PlannedLine(component, component.quantity, price, dated)


def _changed(price: PlanPrice, change: PriceChange, amount: Decimal) -> PlanPrice:
    return PlanPrice(
        price.name,
        tuple(
            replace(
                it,
                amount=amount,
                spread=it.spread if change.keeps_spread else change.spread,
                terms=_moved(it, amount),
            )
            for it in price.dated
        ),
    )


def _moved(dated: DatedPrice, amount: Decimal) -> Terms:
    """Return the terms with tiers that keep their proportion to the price."""
    if not dated.terms.tiers:
        return dated.terms
    share = amount / dated.amount
    tiers = tuple(replace(tier, amount=tier.amount * share) for tier in dated.terms.tiers)
    return replace(dated.terms, tiers=tiers)


def _of_month(plan: Plan, component: Component, price: PlanPrice, first: date) -> DatedPrice:
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    found = price.on(last)
    if found is None:
        start = price.dated[0].valid_from
        raise InputError(
            f"{plan.file}, line {component.line}: {component.name} costs {price.name}, which has no"
            f" price in {first:%Y-%m}: the first is valid from {start}",
            hint="Add an earlier price with its date, or begin the plan later.",
        )
    return found

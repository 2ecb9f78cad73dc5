"""The deterministic estimate: every line of every month in exact decimals, to the last digit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from centavo.errors import InputError
from centavo.money import EXACT, LEDGER_DECIMALS, Money
from centavo.planning.formula import Values
from centavo.planning.plan import Plan, Tax
from centavo.planning.price_terms import Arithmetic, cost_of
from centavo.planning.rates import exact_rate
from centavo.planning.resolved import PlannedLine, ResolvedScenario

__all__ = ["EXACTLY", "Estimate", "LineEstimate", "cost_at", "estimate", "month_values"]

EXACTLY: Arithmetic[Decimal] = Arithmetic(constant=lambda it: it, least=min, most=max)


@dataclass(frozen=True)
class LineEstimate:
    """One component, month by month.

    Attributes:
        line: What it is.
        quantities: In units of its price.
        costs: In the plan's currency, to 12 decimals.
    """

    line: PlannedLine
    quantities: tuple[Decimal, ...]
    costs: tuple[Decimal, ...]

    @property
    def name(self) -> str:
        """The component's name."""
        return self.line.component.name

    @property
    def horizon(self) -> Decimal:
        """Cost of all months."""
        return sum(self.costs, Decimal(0))


@dataclass(frozen=True)
class Estimate:
    """A scenario's estimate; amounts in the plan's currency.

    Attributes:
        taxes: Each tax, month by month, by its name.
    """

    resolved: ResolvedScenario
    lines: tuple[LineEstimate, ...]
    taxes: Mapping[str, tuple[Decimal, ...]]

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.resolved.plan

    @property
    def months(self) -> tuple[Decimal, ...]:
        """Cost of each month before taxes."""
        return tuple(
            sum((it.costs[month] for it in self.lines), Decimal(0))
            for month in range(self.plan.months)
        )

    @property
    def taxed_months(self) -> tuple[Decimal, ...]:
        """Cost of each month with taxes."""
        return tuple(
            cost + sum((tax[month] for tax in self.taxes.values()), Decimal(0))
            for month, cost in enumerate(self.months)
        )

    @property
    def first(self) -> Money:
        """Cost of the first month before taxes: what a monthly estimate means."""
        return Money(self.months[0], self.plan.currency)

    @property
    def horizon(self) -> Money:
        """Cost of all months before taxes."""
        return Money(sum(self.months, Decimal(0)), self.plan.currency)

    @property
    def taxed_horizon(self) -> Money:
        """Cost of all months with taxes."""
        return Money(sum(self.taxed_months, Decimal(0)), self.plan.currency)

    def shown_in(self, amount: Decimal, currency: str) -> Money:
        """Return an amount in another currency at the plan's rate, to 12 decimals."""
        rate = exact_rate(self.plan.rates, self.plan.currency, currency)
        assert rate is not None, "the plan file was checked for it"
        return Money(
            EXACT.multiply(amount, rate).quantize(LEDGER_DECIMALS, context=EXACT), currency
        )


def estimate(resolved: ResolvedScenario) -> Estimate:
    """Return the estimate of a scenario.

    Raises:
        InputError: A quantity cannot be computed, or is negative.
    """
    plan = resolved.plan
    quantities: dict[str, list[Decimal]] = {it.component.name: [] for it in resolved.lines}
    costs: dict[str, list[Decimal]] = {it.component.name: [] for it in resolved.lines}
    with localcontext(EXACT):
        for month in range(plan.months):
            values = month_values(resolved, month)
            for line in resolved.lines:
                quantity = _quantity(resolved, line, values, month)
                quantities[line.component.name].append(quantity)
                costs[line.component.name].append(cost_at(resolved, line, quantity, month=month))
        lines = tuple(
            LineEstimate(it, tuple(quantities[it.component.name]), tuple(costs[it.component.name]))
            for it in resolved.lines
        )
        taxes = {tax.name: _tax(tax, lines, plan.months) for tax in plan.taxes}
    return Estimate(resolved, lines, taxes)


def month_values(resolved: ResolvedScenario, month: int) -> dict[str, Decimal]:
    """Return every driver and derived quantity of a month in base units.

    Raises:
        InputError: A formula divides by zero.
    """
    values: dict[str, Decimal] = {}
    for name, driver in resolved.drivers.items():
        grown = driver.growth.at(driver.value, month) if driver.growth else driver.value
        values[name] = max(grown, Decimal(0))
    for it in resolved.plan.derived:
        values[it.name] = _computed(it.formula.value, values, resolved, name=it.name, line=it.line)
    return values


def cost_at(
    resolved: ResolvedScenario, line: PlannedLine, quantity: Decimal, *, month: int
) -> Decimal:
    """Return what a quantity would cost at the plan's price and rate of a month, to 12 decimals.

    Args:
        resolved: The scenario.
        line: The component.
        quantity: In units of its price.
        month: Number of the month, from 0.
    """
    dated = line.dated[month]
    rate = exact_rate(resolved.plan.rates, dated.currency, resolved.plan.currency)
    assert rate is not None, "the plan file was checked for it"
    with localcontext(EXACT):
        cost = cost_of(quantity, dated.amount, nominal=dated.amount, terms=dated.terms, by=EXACTLY)
        return (cost * rate).quantize(LEDGER_DECIMALS)


def _quantity(
    resolved: ResolvedScenario, line: PlannedLine, values: Mapping[str, Decimal], month: int
) -> Decimal:
    name = line.component.name
    quantity = _computed(line.quantity.value, values, resolved, name=name, line=line.component.line)
    unit = line.dated[month].unit
    if quantity < 0:
        raise InputError(
            f"{resolved.plan.file}, line {line.component.line}: {name} has a negative quantity in"
            f" {resolved.plan.month(month):%Y-%m}: {quantity / unit.scale:.6f} {unit.text}",
            hint="Its formula subtracts more than there is.",
        )
    return quantity / unit.scale


def _computed(
    value: Callable[[Values[Decimal], Callable[[Decimal], Decimal]], Decimal],
    values: Mapping[str, Decimal],
    resolved: ResolvedScenario,
    *,
    name: str,
    line: int,
) -> Decimal:
    try:
        return value(values, lambda it: it)
    except ArithmeticError:
        raise InputError(
            f"{resolved.plan.file}, line {line}: {name} cannot be computed: its formula divides by zero",
            hint="Give what it divides by a value above 0.",
        ) from None


def _tax(tax: Tax, lines: tuple[LineEstimate, ...], months: int) -> tuple[Decimal, ...]:
    taxed = [it for it in lines if tax.on is None or it.name in tax.on]
    return tuple(
        (sum((it.costs[month] for it in taxed), Decimal(0)) * tax.factor).quantize(LEDGER_DECIMALS)
        for month in range(months)
    )

"""What a plan is: drivers, quantities, dated prices, components and scenarios, as values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, get_args

from centavo.planning.formula import Formula
from centavo.planning.meter import Meter
from centavo.planning.price_terms import Terms
from centavo.planning.units import Unit
from centavo.pricing.cloud_prices import Evidence

__all__ = [
    "SHAPES",
    "Component",
    "Correlation",
    "DatedPrice",
    "Derived",
    "Driver",
    "Growth",
    "Plan",
    "PlanPrice",
    "PlannedRate",
    "PriceChange",
    "Scenario",
    "Shape",
    "Spread",
    "Tax",
]

Shape = Literal["pert", "triangular", "uniform", "lognormal"]
SHAPES: tuple[Shape, ...] = get_args(Shape)


@dataclass(frozen=True)
class Spread:
    """How far a value may lie from the one taken.

    Attributes:
        low: Lowest value; of ``lognormal`` the one that 5 % fall below.
        high: Highest value; of ``lognormal`` the one that 5 % exceed.
        shape: ``pert`` and ``triangular`` have their mode at the value taken.
    """

    low: Decimal
    high: Decimal
    shape: Shape


@dataclass(frozen=True)
class Growth:
    """Change from month to month.

    Attributes:
        share: Compound share a month: 0.03 for 3 %; ``None`` for a fixed step.
        step: Step a month in base units; ``None`` for a share.
    """

    share: Decimal | None = None
    step: Decimal | None = None

    def at(self, value: Decimal, month: int) -> Decimal:
        """Return the value ``month`` months after the first."""
        if self.share is not None:
            return value * (1 + self.share) ** month
        return value + (self.step or Decimal(0)) * month


@dataclass(frozen=True)
class Driver:
    """A quantity that the user states: value, range, growth.

    Attributes:
        value: In base units, in the first month.
        unit: As the user writes it.
        spread: In base units; ``None`` where the value is taken as certain.
        growth: ``None`` for none.
        each_month: Whether every month is drawn anew, instead of one draw for the whole horizon.
        source: Where the value comes from, if said.
    """

    name: str
    value: Decimal
    unit: Unit
    spread: Spread | None = None
    growth: Growth | None = None
    each_month: bool = False
    source: str | None = None


@dataclass(frozen=True)
class Derived:
    """A quantity computed from others, each month; ``line`` is its line of the plan file."""

    name: str
    formula: Formula
    unit: Unit
    line: int = 0


@dataclass(frozen=True)
class DatedPrice:
    """One price with the day it is known for.

    Attributes:
        amount: For one ``unit``.
        currency: ISO 4217 code.
        unit: What the price is for.
        valid_from: Day from which it is charged; ``None`` where nobody says.
        as_of: Day on which it was seen to hold; ``None`` where only the start is known.
        evidence: How well it is known.
        source: Page, document or list.
        spread: Range of ``amount``.
        terms: Tiers, free allowance, minimum, commitment, spot.
    """

    amount: Decimal
    currency: str
    unit: Unit
    valid_from: date | None
    as_of: date | None
    evidence: Evidence
    source: str
    spread: Spread | None
    terms: Terms

    @property
    def seen(self) -> date:
        """The latest day on which it was known to hold."""
        return self.as_of or self.valid_from or date.min


@dataclass(frozen=True)
class PlanPrice:
    """A price under the plan's name for it: all its dates, the oldest first."""

    name: str
    dated: tuple[DatedPrice, ...]

    def on(self, day: date) -> DatedPrice | None:
        """Return the price of a month that ends on ``day``.

        A price that was only seen to hold counts for earlier months as well; one that is charged
        from a day does not.
        """
        known = [it for it in self.dated if (it.valid_from or it.as_of or date.min) <= day]
        if known:
            return known[-1]
        first = self.dated[0]
        return first if first.valid_from is None else None


@dataclass(frozen=True)
class Component:
    """One line of the estimate: a quantity a month at a price, or something its host carries.

    Attributes:
        quantity: Formula of the quantity in one month; ``None`` where carried.
        price: Name of its price; ``None`` where carried.
        carried_by: Component whose cost already holds this one, which therefore has none.
        group: Components of one group trade volume among each other: the mix of a deviation.
        scope: Scope by name: application, environment, cost_center …
        meter: How the ledger measures it; ``None`` where nothing does.
        line: Line of the plan file.
    """

    name: str
    quantity: Formula | None
    price: str | None
    carried_by: str | None
    group: str | None
    scope: Mapping[str, str]
    meter: Meter | None
    line: int


@dataclass(frozen=True)
class Tax:
    """A tax on top of the components it applies to.

    Attributes:
        rate: Share: 0.035 for 3.5 %.
        on: Components; ``None`` is all of them.
        inside: Whether the rate is of the amount with the tax in it ("por dentro").
        as_of: Day on which the rate was seen to hold.
        source: Law or page.
    """

    name: str
    rate: Decimal
    on: frozenset[str] | None
    inside: bool
    as_of: date
    source: str

    @property
    def factor(self) -> Decimal:
        """Tax for one unit of the amount without it."""
        return self.rate / (1 - self.rate) if self.inside else self.rate


@dataclass(frozen=True)
class PlannedRate:
    """Units of ``to`` for one ``base``, with its day and range."""

    base: str
    to: str
    rate: Decimal
    spread: Spread | None
    as_of: date
    source: str


@dataclass(frozen=True)
class Correlation:
    """Rank correlation of two uncertain things: drivers, ``price:NAME`` or ``rate:USD/BRL``."""

    first: str
    second: str
    rho: Decimal


@dataclass(frozen=True)
class PriceChange:
    """What a scenario does to a price: another name, or another amount.

    Attributes:
        name: Another price of the plan or list; ``None`` for an amount.
        amount: For one unit of the price it changes; ``None`` for a name.
        spread: Range of ``amount``.
        keeps_spread: Whether the price's own range stays.
    """

    name: str | None = None
    amount: Decimal | None = None
    spread: Spread | None = None
    keeps_spread: bool = False


@dataclass(frozen=True)
class Scenario:
    """One way it may go.

    Attributes:
        drivers: Drivers that it replaces, by name.
        prices: Prices that it changes, by component.
        off: Components that it goes without.
        expect_total: What the first month must cost, to the last digit; ``None`` where not stated.
        budget: Most that a month may cost, taxes included; ``None`` where not stated.
        confidence: Share of draws that must stay within the budget; ``None`` asks for the total only.
        about: For a reader.
        line: Line of the plan file.
    """

    name: str
    drivers: Mapping[str, Driver]
    prices: Mapping[str, PriceChange]
    off: frozenset[str]
    expect_total: Decimal | None = None
    budget: Decimal | None = None
    confidence: Decimal | None = None
    about: str | None = None
    line: int = 0


@dataclass(frozen=True)
class Plan:
    """A plan as read from its file, everything checked that does not need a clock.

    Attributes:
        file: As it is named in messages.
        currency: Of all totals.
        show: Further currencies to show.
        start: First day of the first month.
        months: Horizon.
        derived: In an order in which each can be computed from those before.
        prices: By name; shipped or own list prices that components name are among them.
        rates: Exchange rates, as stated.
    """

    file: str
    name: str
    currency: str
    show: tuple[str, ...]
    start: date
    months: int
    drivers: Mapping[str, Driver]
    derived: tuple[Derived, ...]
    prices: Mapping[str, PlanPrice]
    components: Mapping[str, Component]
    scenarios: Mapping[str, Scenario]
    taxes: tuple[Tax, ...]
    rates: tuple[PlannedRate, ...]
    correlations: tuple[Correlation, ...]

    def month(self, number: int) -> date:
        """Return the first day of the month ``number`` months after the first."""
        year, month = divmod(self.start.year * 12 + self.start.month - 1 + number, 12)
        return date(year, month + 1, 1)

"""What a plan would have saved: the baseline, each lever's share in the order of the plan, the joint total."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from centavo.findings.pace import per_30_days
from centavo.money import EXACT, Money
from centavo.period import Period
from centavo.savings.interval import Interval
from centavo.savings.lever import Lever, SavingKind

__all__ = ["Baseline", "ScopeCost", "Simulation", "Step"]

Scope = tuple[str | None, ...]
"""Value by dimension of ``Simulation.by``; ``None`` is a request without one."""


@dataclass(frozen=True)
class ScopeCost:
    """Requests of one scope in one currency, and their cost."""

    scope: Scope
    requests: int
    cost: Money


@dataclass(frozen=True)
class Baseline:
    """What really ran, at the day's prices.

    Attributes:
        costs: By scope and currency, the most first.
        recorded: What the ledger says that the same requests cost, by currency.
        requests: Requests of the period, with a price or without.
        unpriced: Requests without a price, which no lever can change, by reason.
        summed: Requests that a meter only told in sums, which cannot be replayed.
    """

    costs: tuple[ScopeCost, ...]
    recorded: Mapping[str, Decimal]
    requests: int
    unpriced: Mapping[str, int]
    summed: int

    @property
    def priced_requests(self) -> int:
        """Requests with a price: what shares of traffic are shares of."""
        return sum(each.requests for each in self.costs)


@dataclass(frozen=True)
class Step:
    """One lever, replayed on what the levers before it left.

    Attributes:
        lever: The lever.
        saved: What it takes off at its place in the order, by scope and currency; below zero where
            it costs.
        touched: Requests that it changed or dropped.
        alone: What it would take off as the only lever, by currency: not to be added up.
        shared_with: Requests touched that the levers before it (by their place, from 0) had touched.
        not_simulated: Requests of its scope that stayed as they were, by reason.
        notes: Assumptions of this run.
        daily: Saved by day, by currency.
        interval: Of its share in 30 days, by currency.
    """

    lever: Lever
    saved: tuple[ScopeCost, ...]
    touched: int
    alone: Mapping[str, Decimal]
    shared_with: Mapping[int, int]
    not_simulated: Mapping[str, int]
    notes: tuple[str, ...]
    daily: Mapping[str, Mapping[date, Decimal]]
    interval: Mapping[str, Interval | None]

    def amount(self, currency: str) -> Decimal:
        """Return what it takes off in a currency."""
        return _sum(each.cost.amount for each in self.saved if each.cost.currency == currency)


@dataclass(frozen=True)
class Simulation:
    """A plan replayed.

    Attributes:
        period: First day with requests until the day after the last; UTC.
        by: Dimensions of the scopes.
        book: Snapshot of the price book.
        baseline: What really ran.
        steps: The levers in their order.
        interval: Of the joint reduction of 30 days, by currency.
        seed: Of the intervals.
    """

    period: Period
    by: tuple[str, ...]
    book: str
    baseline: Baseline
    steps: tuple[Step, ...]
    interval: Mapping[str, Interval | None]
    seed: int

    @property
    def days(self) -> int:
        """Days from the first to the last."""
        since, until = self.period.since, self.period.until
        return (until - since).days if since and until else 0

    @property
    def currencies(self) -> tuple[str, ...]:
        """Currencies of the baseline, that of the most requests first."""
        counts: dict[str, int] = {}
        for each in self.baseline.costs:
            counts[each.cost.currency] = counts.get(each.cost.currency, 0) + each.requests
        return tuple(sorted(counts, key=lambda name: (-counts[name], name)))

    def baseline_cost(self, currency: str) -> Decimal:
        """Return what really ran cost."""
        return _sum(
            each.cost.amount for each in self.baseline.costs if each.cost.currency == currency
        )

    def cost_after(self, currency: str, levers: int) -> Decimal:
        """Return the cost under the first so many levers of the plan."""
        saved = _sum(step.amount(currency) for step in self.steps[:levers])
        return EXACT.subtract(self.baseline_cost(currency), saved)

    def saved(self, currency: str, saving: SavingKind = "reduction") -> Decimal:
        """Return the joint saving: the only total there is. Reduction and avoidance never add."""
        return _sum(step.amount(currency) for step in self.steps if step.lever.saving == saving)

    def naive_sum(self, currency: str) -> Decimal:
        """Return the sum of what each lever reduces alone: wrong, and shown as that."""
        return _sum(
            step.alone.get(currency, Decimal(0))
            for step in self.steps
            if step.lever.saving == "reduction"
        )

    def per_30d(self, currency: str, amount: Decimal) -> Money:
        """Return an amount of the period as one of 30 days; below a week as it is."""
        return per_30_days(amount, self.days, currency)

    def by_scope(self, currency: str) -> list[tuple[Scope, list[Decimal]]]:
        """Return the cost of each scope under each prefix of the plan, the baseline first.

        Ordered by the baseline's cost, the most first.
        """
        rows = {
            each.scope: [each.cost.amount]
            for each in self.baseline.costs
            if each.cost.currency == currency
        }
        for step in self.steps:
            saved = {e.scope: e.cost.amount for e in step.saved if e.cost.currency == currency}
            for scope, costs in rows.items():
                costs.append(EXACT.subtract(costs[-1], saved.get(scope, Decimal(0))))
        return list(rows.items())


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total

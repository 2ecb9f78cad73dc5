"""What changed between two plans: added, removed, and by price, quantity and exchange rate, exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from centavo.errors import ConfigError, CurrencyError
from centavo.money import EXACT, LEDGER_DECIMALS
from centavo.planning.estimate import EXACTLY, Estimate, LineEstimate, cost_at
from centavo.planning.price_terms import cost_of
from centavo.planning.rates import exact_rate

__all__ = ["Change", "LineChange", "PlanDifference", "plan_difference"]

Change = Literal["added", "removed", "changed", "same", "tax"]
_NOTHING = Decimal(0)


@dataclass(frozen=True)
class LineChange:
    """One component's change; the three effects add up to it exactly.

    Attributes:
        quantity_effect: The new quantity at the old price, less the old cost; the whole cost where
            the component is added or removed.
        price_effect: The new price on the new quantity, at the old exchange rate.
        exchange_effect: What the new exchange rate adds to that.
    """

    name: str
    kind: Change
    before: Decimal
    after: Decimal
    quantity_effect: Decimal = _NOTHING
    price_effect: Decimal = _NOTHING
    exchange_effect: Decimal = _NOTHING

    @property
    def change(self) -> Decimal:
        """After less before."""
        return self.after - self.before


@dataclass(frozen=True)
class PlanDifference:
    """Every line of two estimates; amounts in their common currency.

    Attributes:
        before: The first.
        after: The second.
        months: Months compared, from the first on.
        lines: Those that changed most first.
    """

    before: Estimate
    after: Estimate
    months: int
    lines: tuple[LineChange, ...]

    def total(self, kind: Literal["before", "after", "change"]) -> Decimal:
        """Return the sum over all lines."""
        return sum((getattr(it, kind) for it in self.lines), _NOTHING)

    def effect(self, *kinds: Change) -> Decimal:
        """Return the change of lines of some kinds."""
        return sum((it.change for it in self.lines if it.kind in kinds), _NOTHING)


def plan_difference(before: Estimate, after: Estimate, *, months: int = 1) -> PlanDifference:
    """Return what changed between two estimates over their first months.

    Raises:
        CurrencyError: Their totals are in different currencies.
        ConfigError: One has fewer months.
    """
    if before.plan.currency != after.plan.currency:
        raise CurrencyError(
            f"{before.plan.file} is in {before.plan.currency}, {after.plan.file} in"
            f" {after.plan.currency}",
            hint="Give both plans the same `currency`.",
        )
    for each in (before, after):
        if each.plan.months < months:
            raise ConfigError(
                f"{each.plan.file} has {each.plan.months} months, and {months} are compared",
                hint="Leave out --horizon, or give both plans the same `months`.",
            )
    old, new = ({it.name: it for it in each.lines} for each in (before, after))
    lines: list[LineChange] = []
    for name in dict.fromkeys([*old, *new]):
        lines += _changes(name, (before, old.get(name)), (after, new.get(name)), months)
    lines.append(_taxes(before, after, months))
    lines.sort(key=lambda it: -abs(it.change))
    return PlanDifference(before, after, months, tuple(lines))


def _changes(
    name: str,
    old: tuple[Estimate, LineEstimate | None],
    new: tuple[Estimate, LineEstimate | None],
    months: int,
) -> Sequence[LineChange]:
    before, after = old[1], new[1]
    if before is not None and after is not None and _comparable(before, after):
        return [_changed(old[0], before, after, months=months)]
    found: list[LineChange] = []
    if before is not None:
        cost = sum(before.costs[:months], _NOTHING)
        found.append(LineChange(name, "removed", cost, _NOTHING, quantity_effect=-cost))
    if after is not None:
        cost = sum(after.costs[:months], _NOTHING)
        found.append(LineChange(name, "added", _NOTHING, cost, quantity_effect=cost))
    return found


def _comparable(before: LineEstimate, after: LineEstimate) -> bool:
    """Return whether a quantity of one can be priced by the other: what GPUs cost in gigabytes is not."""
    return before.line.unit.measures_the_same(after.line.unit)


def _changed(
    before: Estimate, line: LineEstimate, other: LineEstimate, *, months: int
) -> LineChange:
    first = sum(line.costs[:months], _NOTHING)
    last = sum(other.costs[:months], _NOTHING)
    at_old_price = at_old_rate = _NOTHING
    for month in range(months):
        was, now = line.line.dated[month], other.line.dated[month]
        in_old_unit = EXACT.divide(
            EXACT.multiply(other.quantities[month], now.unit.scale), was.unit.scale
        )
        at_old_price += cost_at(before.resolved, line.line, in_old_unit, month=month)
        rate = exact_rate(before.plan.rates, now.currency, before.plan.currency)
        if was.currency != now.currency or rate is None:
            at_old_rate += other.costs[month]
            continue
        own = cost_of(
            other.quantities[month], now.amount, nominal=now.amount, terms=now.terms, by=EXACTLY
        )
        at_old_rate += EXACT.multiply(own, rate).quantize(LEDGER_DECIMALS, context=EXACT)
    return LineChange(
        name=line.name,
        kind="same" if first == last else "changed",
        before=first,
        after=last,
        quantity_effect=at_old_price - first,
        price_effect=at_old_rate - at_old_price,
        exchange_effect=last - at_old_rate,
    )


def _taxes(before: Estimate, after: Estimate, months: int) -> LineChange:
    first, last = (
        sum((sum(tax[:months], _NOTHING) for tax in each.taxes.values()), _NOTHING)
        for each in (before, after)
    )
    return LineChange("taxes", "tax", first, last)

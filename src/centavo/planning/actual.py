"""Plan against actual: every deviation by volume, mix, price and exchange rate, adding up exactly."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from centavo.errors import ConfigError, CurrencyError
from centavo.ledger.exchange import ExchangeRates
from centavo.ledger.ledger import Ledger
from centavo.money import EXACT, LEDGER_DECIMALS
from centavo.period import Period
from centavo.planning.estimate import Estimate, LineEstimate, cost_at
from centavo.planning.measuring import Basis, Measured, measure
from centavo.planning.plan import Plan
from centavo.planning.rates import exact_rate

__all__ = ["Actual", "Deviation", "RateOn", "day_rates", "months_over", "plan_against_actual"]

_NOTHING = Decimal(0)
# (from, to, day) -> the rate of that day; None where it is not known.
RateOn = Callable[[str, str, date], Decimal | None]


@dataclass(frozen=True)
class Deviation:
    """One component over the months compared; the five effects add up to actual less planned.

    Attributes:
        name: Component; for unplanned spend what the ledger says of it.
        planned: In the plan's currency; 0 for unplanned spend.
        actual: In the plan's currency, at the rates of the days where they are known.
        volume: The group's volume at planned prices, the planned mix.
        mix: The component's share of its group's volume, at planned prices.
        price: The price paid, at the planned exchange rate.
        exchange: The exchange rate.
        unsplit: What cannot be split, because the quantity was not measured, or was not planned.
        quantity: Measured, in units of the price; ``None`` where not known.
        planned_quantity: As planned; ``None`` for unplanned spend.
        rows: Ledger rows.
    """

    name: str
    planned: Decimal
    actual: Decimal
    volume: Decimal = _NOTHING
    mix: Decimal = _NOTHING
    price: Decimal = _NOTHING
    exchange: Decimal = _NOTHING
    unsplit: Decimal = _NOTHING
    quantity: Decimal | None = None
    planned_quantity: Decimal | None = None
    rows: int = 0

    @property
    def deviation(self) -> Decimal:
        """Actual less planned."""
        return self.actual - self.planned


@dataclass(frozen=True)
class Actual:
    """A scenario against the ledger; amounts in the plan's currency.

    Attributes:
        months: First days of the months compared.
        lines: Components with a meter, in the plan's order.
        unplanned: Spend that no meter fits, the costliest first.
        unmetered: Planned cost by component that has no meter: in no total here.
        rates_assumed: Currencies converted at the plan's own rate, for want of the day's.
    """

    planned: Estimate
    basis: Basis
    months: tuple[date, ...]
    lines: tuple[Deviation, ...]
    unplanned: tuple[Deviation, ...]
    unmetered: Mapping[str, Decimal]
    rates_assumed: frozenset[str]

    @property
    def total(self) -> Deviation:
        """The sum of all lines, unplanned spend included."""
        every = (*self.lines, *self.unplanned)

        def added(pick: Callable[[Deviation], Decimal]) -> Decimal:
            return sum((pick(it) for it in every), _NOTHING)

        return Deviation(
            name="total",
            planned=added(lambda it: it.planned),
            actual=added(lambda it: it.actual),
            volume=added(lambda it: it.volume),
            mix=added(lambda it: it.mix),
            price=added(lambda it: it.price),
            exchange=added(lambda it: it.exchange),
            unsplit=added(lambda it: it.unsplit),
            rows=sum(it.rows for it in every),
        )

    @property
    def forecast(self) -> Decimal:
        """The whole horizon's cost: what was measured, and the rest at the pace so far.

        The months to come cost what is planned, times measured over planned of each component so
        far; unplanned spend goes on as it was. Components without a meter are taken as planned.
        """
        number = len(self.months)
        left = self.planned.plan.months - number
        total = sum(self.unmetered_horizon.values(), _NOTHING)
        with localcontext(EXACT):
            by_name = {it.name: it for it in self.planned.lines}
            for it in self.lines:
                rest = sum(by_name[it.name].costs[number:], _NOTHING)
                pace = it.actual / it.planned if it.planned else Decimal(1)
                total += it.actual + rest * pace
            for it in self.unplanned:
                total += it.actual + it.actual / number * left
            return total.quantize(LEDGER_DECIMALS)

    @property
    def unmetered_horizon(self) -> Mapping[str, Decimal]:
        """Planned cost of the whole horizon by component without a meter."""
        return {it.name: it.horizon for it in self.planned.lines if it.name in self.unmetered}


def plan_against_actual(
    planned: Estimate,
    ledger: Ledger,
    *,
    basis: Basis,
    months: int,
    where: Mapping[str, str],
    rate_on: RateOn,
) -> Actual:
    """Return a scenario against the ledger over the plan's first months.

    Args:
        planned: The estimate.
        ledger: Opened at the moment to answer from.
        basis: Evidence level; levels are never added.
        months: Months to compare, from the plan's first.
        where: Pattern by dimension that every row must fit.
        rate_on: Rates of the days.

    Raises:
        ConfigError: No component has a meter, or a dimension is not known.
        CurrencyError: The ledger has a currency that neither the day's rates nor the plan converts.
    """
    plan = planned.plan
    meters = {it.name: it.line.component.meter for it in planned.lines if it.line.component.meter}
    if not meters:
        raise ConfigError(
            f"{plan.file}: no component of {planned.resolved.scenario.name} has a meter",
            hint="Say how the ledger measures it: meter: {measure: hours, where: {service: …}}.",
        )
    firsts = tuple(plan.month(number) for number in range(months))
    period = Period(Period.month(firsts[0]).since, Period.month(firsts[-1]).until)
    found, rest = measure(ledger, meters, period=period, basis=basis, where=where)
    converter = _Converter(planned, rate_on)
    split = _Split(planned, found, converter, firsts)
    lines = [split.line(it) for it in planned.lines if it.name in meters]
    unplanned = [_unplanned(name, measured, converter) for name, measured in rest.items()]
    unplanned.sort(key=lambda it: -it.actual)
    unmetered = {
        it.name: sum(it.costs[:months], _NOTHING) for it in planned.lines if it.name not in meters
    }
    return Actual(
        planned, basis, firsts, tuple(lines), tuple(unplanned), unmetered,
        frozenset(converter.assumed),
    )  # fmt: skip


def months_over(plan: Plan, today: date) -> int:
    """Return how many of the plan's months are over; 0 before the first has ended."""
    over = (today.year - plan.start.year) * 12 + today.month - plan.start.month
    return max(0, min(over, plan.months))


def day_rates(rates: ExchangeRates | None) -> RateOn:
    """Return the rates of the days of the user's file; without one no day has a rate."""

    def rate_on(base: str, to: str, day: date) -> Decimal | None:
        found = None if rates is None else rates.find(base, to, day)
        return None if found is None else EXACT.divide(found.multiply, found.divide)

    return rate_on


class _Converter:
    """Amounts of the ledger in the plan's currency, at the day's rate and at the plan's."""

    def __init__(self, planned: Estimate, rate_on: RateOn) -> None:
        self._plan = planned.plan
        self._rate_on = rate_on
        self.assumed: set[str] = set()

    def both(self, costs: Mapping[tuple[date, str], Decimal]) -> tuple[Decimal, Decimal]:
        """Return the amounts at the rates of their days, and at the plan's rate."""
        actual = at_plan = _NOTHING
        for (day, currency), cost in costs.items():
            stated = exact_rate(self._plan.rates, currency, self._plan.currency)
            if currency == self._plan.currency:
                paid: Decimal | None = Decimal(1)
            else:
                paid = self._rate_on(currency, self._plan.currency, day)
            if paid is None and stated is not None:
                self.assumed.add(currency)
            rate = paid or stated
            if rate is None:
                raise CurrencyError(
                    f"no rate from {currency} to {self._plan.currency} on {day}",
                    hint="Name a file of rates under `[currency] rates`, or give the plan a rate.",
                )
            actual += _times(cost, rate)
            at_plan += _times(cost, stated or rate)
        return actual, at_plan


def _times(amount: Decimal, rate: Decimal) -> Decimal:
    return EXACT.multiply(amount, rate).quantize(LEDGER_DECIMALS, context=EXACT)


def _unplanned(name: str, months: Mapping[date, Measured], converter: _Converter) -> Deviation:
    actual = sum((converter.both(it.costs)[0] for it in months.values()), _NOTHING)
    rows = sum(it.rows for it in months.values())
    return Deviation(name, _NOTHING, actual, unsplit=actual, rows=rows)


@dataclass(frozen=True)
class _Split:
    """Splits the deviation of one component after another, month by month."""

    planned: Estimate
    found: Mapping[str, Mapping[date, Measured]]
    converter: _Converter
    months: Sequence[date]

    def line(self, it: LineEstimate) -> Deviation:
        sums = dict.fromkeys(("volume", "mix", "price", "exchange", "unsplit"), _NOTHING)
        planned = actual = planned_quantity = _NOTHING
        quantity: Decimal | None = _NOTHING
        rows = 0
        for number, first in enumerate(self.months):
            measured = self.found.get(it.name, {}).get(first, Measured())
            paid, at_plan = self.converter.both(measured.costs)
            planned += it.costs[number]
            actual += paid
            planned_quantity += it.quantities[number]
            rows += measured.rows
            used = self._used(it, measured)
            if used is None:
                quantity = None
                sums["unsplit"] += paid - it.costs[number]
                continue
            quantity = None if quantity is None else quantity + used
            at_group = cost_at(
                self.planned.resolved, it.line, self._in_planned_mix(it, number, used), month=number
            )
            at_used = cost_at(self.planned.resolved, it.line, used, month=number)
            sums["volume"] += at_group - it.costs[number]
            sums["mix"] += at_used - at_group
            sums["price"] += at_plan - at_used
            sums["exchange"] += paid - at_plan
        return Deviation(
            name=it.name, planned=planned, actual=actual, quantity=quantity,
            planned_quantity=planned_quantity, rows=rows, **sums,
        )  # fmt: skip

    def _used(self, it: LineEstimate, measured: Measured) -> Decimal | None:
        """Return the measured quantity in units of the price; ``None`` where it is not known."""
        unit = it.line.unit
        if not measured.rows:
            return _NOTHING
        if measured.quantity is None or measured.unit is None:
            return None
        if not measured.unit.measures_the_same(unit):
            return None
        return EXACT.divide(measured.quantity, unit.scale)

    def _in_planned_mix(self, it: LineEstimate, number: int, used: Decimal) -> Decimal:
        """Return what the component would have used, had its group kept the planned mix."""
        group = it.line.component.group
        if group is None:
            return used
        planned = actual = _NOTHING
        for other in self.planned.lines:
            if other.line.component.group != group or not other.line.unit.measures_the_same(
                it.line.unit
            ):
                continue
            measured = self.found.get(other.name, {}).get(self.months[number], Measured())
            amount = self._used(other, measured)
            if amount is None:
                return used
            planned += EXACT.multiply(other.quantities[number], other.line.unit.scale)
            actual += EXACT.multiply(amount, other.line.unit.scale)
        if not planned:
            return used
        share = EXACT.divide(actual, planned)
        return EXACT.multiply(it.quantities[number], share)

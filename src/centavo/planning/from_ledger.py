"""A plan of what is already running: the ledger's costs as quantities, prices and meters."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from centavo.errors import ConfigError, CurrencyError
from centavo.ledger.ledger import Ledger
from centavo.money import EXACT
from centavo.period import Period
from centavo.planning.measuring import Basis, ledger_unit, measured_groups
from centavo.planning.plan import PlannedRate
from centavo.planning.plan_writing import WrittenComponent, WrittenPlan, slug, unit_price
from centavo.planning.units import parse_unit

__all__ = ["LedgerPlan", "NewPlan", "Running", "plan_of_ledger"]

# A quantity with fewer decimals than the ledger's twelve would not give the cost back.
_QUANTITY = Decimal("1e-24")
_MILLION = 1_000_000


@dataclass(frozen=True)
class LedgerPlan:
    """A plan of what ran, and what of it the plan leaves out.

    Attributes:
        plan: To be written.
        groups: Groups that became components.
        left_out: Cost by currency of the groups that did not, or that cost nothing or less.
    """

    plan: WrittenPlan
    groups: int
    left_out: Mapping[str, Decimal]


@dataclass(frozen=True)
class Running:
    """What of the ledger is taken.

    Attributes:
        first: First day of the period, of a month.
        months: Its months.
        by: Dimensions that make a component; a component's meter is their values.
        basis: Evidence level of the costs.
        where: Pattern by dimension that every row must fit; no part of the meters.
        top: Most components.
    """

    first: date
    months: int
    by: Sequence[str]
    basis: Basis
    where: Mapping[str, str]
    top: int


@dataclass(frozen=True)
class NewPlan:
    """What a plan is called and covers.

    Attributes:
        start: First month of the plan.
        months: Its horizon.
        currency: Of its totals; ``None`` takes the ledger's, where it has one.
    """

    name: str
    start: date
    months: int
    currency: str | None = None


def _no_rate(base: str, to: str, day: date) -> PlannedRate:
    raise CurrencyError(
        f"no rate from {base} to {to} on {day}",
        hint="Name a file of dated rates under `[currency] rates` in centavo.toml.",
    )


def plan_of_ledger(
    ledger: Ledger,
    running: Running,
    *,
    becomes: NewPlan,
    rate_of: Callable[[str, str, date], PlannedRate] = _no_rate,
) -> LedgerPlan:
    """Return a plan whose every month is the mean month of a period.

    Args:
        ledger: Opened for the period.
        running: What of it is taken.
        becomes: The plan it becomes.
        rate_of: (from, to, day) -> the rate of that day.

    Raises:
        ConfigError: The period has no cost, or costs in several currencies and none is chosen.
        CurrencyError: A rate is not known.
    """
    first, months, by, basis = running.first, running.months, running.by, running.basis
    groups = measured_groups(
        ledger, by, period=_months(first, months), basis=basis, where=running.where
    )
    currencies = sorted({currency for _, currency, _, _, _ in groups})
    if not groups:
        raise ConfigError(
            f"the ledger has no {basis} cost in {first:%Y-%m}"
            + (f" and the {months - 1} months after" if months > 1 else ""),
            hint="`centavo ledger` shows periods and evidence levels; see --month and --basis.",
        )
    if becomes.currency is None and len(currencies) > 1:
        raise ConfigError(
            f"the costs are in {' and '.join(currencies)}: a plan has one currency for its totals",
            hint="Say which: --currency BRL. The rates come from `[currency] rates`.",
        )
    chosen = becomes.currency or currencies[0]
    components: list[WrittenComponent] = []
    left_out: dict[str, Decimal] = {}
    for key, own, cost, quantity, unit in groups:
        if len(components) >= running.top or cost <= 0:
            left_out[own] = left_out.get(own, Decimal(0)) + cost
            continue
        components.append(_component(running, key, _Group(own, cost, quantity, unit), components))
    head = (
        f"What the ledger says ran in {first:%Y-%m}"
        + (f" and the {months - 1} months after" if months > 1 else "")
        + f" ({basis}), by {', '.join(by)}.",
        "Give drivers a range and a growth, and scenarios; docs/planning.md says how.",
    )
    others = [it for it in currencies if it != chosen]
    rates = [rate_of(it, chosen, first) for it in others]
    plan = WrittenPlan(
        becomes.name, becomes.start, becomes.months, chosen, first, components, head, rates
    )
    return LedgerPlan(plan, len(components), left_out)


@dataclass(frozen=True)
class _Group:
    currency: str
    cost: Decimal
    quantity: Decimal | None
    unit: str | None


def _component(
    running: Running,
    key: tuple[str | None, ...],
    group: _Group,
    before: Sequence[WrittenComponent],
) -> WrittenComponent:
    monthly = _monthly(group.cost, running.months)
    measured = _quantity(group.quantity, group.unit, running.months)
    amount, unit = (
        (monthly, "month") if measured is None else (unit_price(monthly, measured[0]), measured[1])
    )
    quantity = "1 month" if measured is None else f"{measured[0]:f} {unit}"
    over = f", {running.months} months" if running.months > 1 else ""
    return WrittenComponent(
        name=slug(" ".join(part for part in key if part) or "unnamed", [it.name for it in before]),
        quantity=quantity,
        amount=f"{amount.normalize():f} {group.currency}/{unit}",
        evidence="bill" if running.basis == "billed" else "assumption",
        source=f"measured in {running.first:%Y-%m}{over}",
        meter={name: part or "" for name, part in zip(running.by, key, strict=True)},
        measure="months" if measured is None else "quantity",
        group=key[0] if len(running.by) > 1 and measured is not None else None,
    )


def _months(first: date, months: int) -> Period:
    index = first.year * 12 + first.month - 1 + months - 1
    last = date(index // 12, index % 12 + 1, 1)
    return Period(Period.month(first).since, Period.month(last).until)


def _monthly(amount: Decimal, months: int) -> Decimal:
    return EXACT.divide(amount, Decimal(months))


def _quantity(
    quantity: Decimal | None, unit: str | None, months: int
) -> tuple[Decimal, str] | None:
    """Return the quantity a month and its unit as the plan writes it; ``None`` where not known."""
    found = ledger_unit(unit)
    if quantity is None or quantity <= 0 or found is None:
        return None
    # The bill's unit may be one that plans do not have: bytes become gigabytes.
    text = found.text
    if found.dimensions == (("token", 1),) and quantity >= _MILLION:
        text = "Mtoken"
    written = parse_unit(text)
    factor = EXACT.divide(found.scale, written.scale)
    monthly = _monthly(EXACT.multiply(quantity, factor), months)
    return monthly.quantize(_QUANTITY, context=EXACT).normalize(), text

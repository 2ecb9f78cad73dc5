"""A plan against the ledger on a page: each deviation by cause, adding up, unplanned spend a line."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from centavo.charts import Frame, Grade, WaterfallChart, WaterfallStep, waterfall_chart
from centavo.consumption.cost_cells import CostQuestion
from centavo.deliverables.asked import Asked, basis_of
from centavo.deliverables.language import Language
from centavo.deliverables.page import Cell, Chart, Column, Row, Section, Table
from centavo.deliverables.prepare.period_words import month_name
from centavo.deliverables.reading import Reading
from centavo.deliverables.words import basis_name
from centavo.money import Money
from centavo.period import Period
from centavo.planning.actual import Actual, Deviation, day_rates, months_over, plan_against_actual
from centavo.planning.drawn import DrawnScenario
from centavo.planning.measuring import Basis

__all__ = ["Compared", "actual_sections", "actual_sentence", "compare"]

_EFFECTS = ("volume", "mix", "price", "exchange")
_MOST_NAMED = 4


@dataclass(frozen=True)
class Compared:
    """A plan against what was measured, or why there is nothing to compare.

    Attributes:
        actual: ``None`` where nothing can be compared.
        missing: What is missing then, as sentences.
        others: Evidence levels that the months hold beside it.
    """

    actual: Actual | None
    missing: tuple[str, ...] = ()
    others: tuple[Basis, ...] = ()


def compare(
    reading: Reading, chosen: DrawnScenario, asked: Asked, say: Language, *, by: date | None = None
) -> Compared:
    """Return the plan's months that are over against the ledger.

    Args:
        reading: The ledger.
        chosen: The plan in one scenario.
        asked: Evidence level.
        say: Language.
        by: Months are over that ended by this day; ``None`` for today.

    Raises:
        CentavoError: The ledger has a currency that nothing converts.
    """
    plan = chosen.planned.plan
    today = reading.now.date()
    over = months_over(plan, today if by is None else min(by, today))
    if not over:
        told = say(
            "No month of the plan is over: it begins in {month}.", month=say.month(plan.start)
        )
        return Compared(None, (told,))
    if not any(it.line.component.meter for it in chosen.planned.lines):
        return Compared(
            None,
            (
                say("No component of {scenario} has a meter: nothing says how the ledger measures it.", scenario=chosen.name),
                say("Give each one such as: {example}.", example="meter: {measure: hours, where: {service: …}}"),
            ),
        )  # fmt: skip
    period = Period(Period.month(plan.start).since, Period.month(plan.month(over - 1)).until)
    report = reading.costs(CostQuestion(period=period, basis=basis_of(asked)))
    if report is None:
        told = say("The ledger holds no cost of the plan's months that are over.")
        return Compared(None, (told,))
    actual = plan_against_actual(
        chosen.planned,
        reading.ledger,
        basis=report.basis,
        months=over,
        where={},
        rate_on=day_rates(reading.rates),
    )
    return Compared(actual, (), (report.basis, *report.others))


def actual_sentence(found: Actual, say: Language) -> str:
    """Return what was spent against what was planned, in one sentence."""
    total, currency = found.total, found.planned.plan.currency
    share = abs(total.deviation) / total.planned if total.planned else None
    words = {
        "span": _span(found, say),
        "actual": say.money(Money(total.actual, currency)),
        "planned": say.money(Money(total.planned, currency)),
        "amount": say.money(Money(abs(total.deviation), currency)),
        "share": say.percent(share),
        "basis": basis_name(found.basis, say),
    }
    if not total.deviation:
        return say("{span}: {actual} {basis}, as planned.", **words)
    if total.deviation > 0:
        return say("{span}: {actual} {basis} against {planned} planned, {amount} ({share}) above.", **words)  # fmt: skip
    return say("{span}: {actual} {basis} against {planned} planned, {amount} ({share}) below.", **words)  # fmt: skip


def actual_sections(compared: Compared, asked: Asked, say: Language) -> tuple[Section, ...]:
    """Return the deviation as a waterfall and a table that adds up, or what is missing for it."""
    title = say("Plan against actual")
    found = compared.actual
    if found is None:
        return (Section("plan-actual", title, compared.missing),)
    chart = _waterfall(found, say)
    told = actual_sentence(found, say)

    def draw(frame: Frame) -> str:
        return waterfall_chart(chart, frame)

    links = tuple(
        (basis_name(it, say), asked.address("/outlook", basis=it), it == found.basis)
        for it in compared.others
    )
    return (
        Section(
            "plan-actual", title, (told, *_words(found, say)),
            Chart("plan-actual", title, told, draw), _table(found, say),
            links if len(links) > 1 else (),
        ),
    )  # fmt: skip


def _words(found: Actual, say: Language) -> tuple[str, ...]:
    currency = found.planned.plan.currency

    def money(amount: Decimal) -> str:
        return say.money(Money(amount, currency))

    told = [
        say(
            "Volume, mix, price, exchange rate and what cannot be split add up to each deviation to the last digit."
        )
    ]
    if found.unplanned:
        spend = sum((it.actual for it in found.unplanned), Decimal(0))
        told.append(
            say.count(
                "Not planned: {amount} in {number} group that no meter fits.",
                "Not planned: {amount} in {number} groups that no meter fits.",
                len(found.unplanned),
                amount=money(spend),
            )
        )
    silent = [it.name for it in found.lines if not it.rows]
    if silent:
        told.append(
            say("Nothing in the ledger fits {names}: not spent, or not read.", names=_named(silent, say))
        )  # fmt: skip
    if found.unmetered:
        told.append(
            say(
                "Without a meter, and in no total here: {names}, {amount} planned.",
                names=_named(list(found.unmetered), say),
                amount=money(sum(found.unmetered.values(), Decimal(0))),
            )
        )
    if found.rates_assumed:
        told.append(
            say(
                "Converted at the plan's own rate, for want of the day's: {names}.",
                names=say.list_of(sorted(found.rates_assumed)),
            )
        )
    if found.planned.plan.months > len(found.months):
        told.append(
            say(
                "At the pace so far all {number} months will cost {amount}; {planned} are planned.",
                number=found.planned.plan.months,
                amount=money(found.forecast),
                planned=money(found.planned.horizon.amount),
            )
        )
    return tuple(told)


def _named(names: list[str], say: Language) -> str:
    shown = names[:_MOST_NAMED]
    rest = len(names) - len(shown)
    if rest:
        shown.append(say.count("{number} other", "{number} others", rest))
    return say.list_of(shown)


def _names(say: Language) -> Mapping[str, str]:
    return {
        "volume": say("Volume"),
        "mix": say("Mix"),
        "price": say("Price"),
        "exchange": say("Exchange rate"),
        "unsplit": say("Not split"),
    }


def _waterfall(found: Actual, say: Language) -> WaterfallChart:
    total, currency = found.total, found.planned.plan.currency
    grade = _grade(found.basis)
    unplanned = sum((it.actual for it in found.unplanned), Decimal(0))
    names = _names(say)
    effects = [(names[it], getattr(total, it)) for it in _EFFECTS]
    effects += [(names["unsplit"], total.unsplit - unplanned), (say("Not planned"), unplanned)]
    level = float(total.planned)
    steps = [
        WaterfallStep(
            say("Planned"), 0.0, level, say.money(Money(total.planned, currency)), "estimated"
        )
    ]
    for name, amount in effects:
        if amount:
            after = level + float(amount)
            steps.append(WaterfallStep(name, level, after, _signed(amount, say), grade))
            level = after
    actual = Money(total.actual, currency)
    steps.append(WaterfallStep(say("Actual"), 0.0, float(total.actual), say.money(actual), grade))
    return WaterfallChart(tuple(steps))


def _table(found: Actual, say: Language) -> Table:
    currency = found.planned.plan.currency
    key, names = currency.lower(), _names(say)
    parts = (*_EFFECTS, "unsplit")
    columns = (
        Column(say("Component"), "component"),
        Column(say("Planned {currency}", currency=currency), f"planned_{key}", numeric=True),
        Column(say("Actual"), f"actual_{key}", numeric=True),
        Column(say("Deviation"), f"deviation_{key}", numeric=True),
        *(Column(names[it], f"{it}_{key}", numeric=True) for it in parts),
    )

    def row(it: Deviation, name: Cell, *, is_total: bool = False) -> Row:
        cells = (
            name,
            Cell(say.number(it.planned, 2), Money(it.planned, currency)),
            Cell(say.number(it.actual, 2), Money(it.actual, currency)),
            Cell(_signed(it.deviation, say), Money(it.deviation, currency)),
            *(
                Cell(_signed(getattr(it, part), say) if getattr(it, part) else "", Money(getattr(it, part), currency))
                for part in parts
            ),
        )  # fmt: skip
        return Row(cells, is_total=is_total)

    lines = sorted(found.lines, key=lambda it: -abs(it.deviation))
    rows = [row(it, Cell(it.name, it.name)) for it in lines]
    rows += [
        row(it, Cell(say("not planned: {name}", name=it.name), f"(unplanned) {it.name}"))
        for it in found.unplanned
    ]
    rows.append(row(found.total, Cell(say("Total"), "total"), is_total=True))
    return Table("plan_actual", columns, tuple(rows))


def _signed(amount: Decimal, say: Language) -> str:
    shown = say.number(amount, 2)
    return f"+{shown}" if round(amount, 2) > 0 else shown


def _span(found: Actual, say: Language) -> str:
    first, last = found.months[0], found.months[-1]
    if first == last:
        return month_name(first, say)
    return say("{first} to {last}", first=month_name(first, say), last=say.month(last))


def _grade(basis: Basis) -> Grade:
    return "metered" if basis == "vendor_reported" else basis

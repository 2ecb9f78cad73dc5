"""A plan's scenarios on a page: totals with their range and odds, line by line, and month by month."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from centavo.charts import (
    Band,
    Bar,
    BarChart,
    Frame,
    Layer,
    Tick,
    TimeSeriesChart,
    bar_chart,
    nice_ticks,
    time_series_chart,
)
from centavo.charts.ink import OTHERS
from centavo.deliverables.language import Language
from centavo.deliverables.page import Cell, Chart, Column, Row, Section, Table
from centavo.deliverables.prepare.month_bands import month_bands
from centavo.deliverables.prepare.period_words import month_name
from centavo.deliverables.prepare.plan_prices import prices_section
from centavo.money import Money
from centavo.planning.drawn import DrawnScenario
from centavo.planning.estimate import LineEstimate
from centavo.planning.simulation import Band as Drawn

__all__ = ["drawn_money", "estimate_sections", "planned_sentences"]

_MOST_BARS = 12


def estimate_sections(
    scenarios: Mapping[str, DrawnScenario],
    chosen: DrawnScenario,
    told: tuple[str, ...],
    say: Language,
) -> tuple[Section, ...]:
    """Return the scenarios beside each other, and the chosen one by component and by month.

    Args:
        scenarios: All of the plan.
        chosen: The one to show in detail.
        told: Sentences on it.
        say: Language.
    """
    plan = chosen.planned.plan
    return (
        _totals(scenarios, told, say),
        *([_horizons(scenarios, say)] if plan.months > 1 else []),
        _lines(scenarios, chosen, say),
        *([_months(chosen, say)] if plan.months > 1 else []),
        prices_section(chosen, say),
    )


def planned_sentences(chosen: DrawnScenario, say: Language) -> tuple[str, ...]:
    """Return what the scenario costs, how far that may vary, and whether it is an optimistic sum."""
    planned, drawn = chosen.planned, chosen.drawn
    currency = planned.plan.currency
    amount = say.money(planned.first)
    grows = len(set(planned.months)) > 1
    when = say("in {month}", month=say.month(planned.plan.start)) if grows else say("a month")
    words = {"scenario": chosen.name, "amount": amount, "when": when}
    if not chosen.varies:
        told = [
            say("In the plan, {scenario} costs {amount} {when}. Nothing in it has a range.", **words)
        ]  # fmt: skip
    else:
        low, high = drawn_money(drawn.first.p5, currency), drawn_money(drawn.first.p95, currency)
        told = [
            say(
                "In the plan, {scenario} costs {amount} {when}; nine draws of ten lie between {low} and {high}.",
                low=say.money(low), high=say.money(high), **words,
            ),
            _leaning(chosen, say),
        ]  # fmt: skip
    budget = planned.resolved.scenario.budget
    if budget is not None:
        told.append(
            say(
                "The budget is {budget} a month: {share} of draws stay within it, taxes included.",
                budget=say.money(Money(budget, currency)),
                share=say.percent(chosen.budget_odds),
            )
        )
    return tuple(told)


def drawn_money(amount: float, currency: str) -> Money:
    """Return a drawn amount to the cent: its further digits are chance."""
    return Money(Decimal(repr(amount)), currency).rounded()


def _leaning(chosen: DrawnScenario, say: Language) -> str:
    more = chosen.drawn.optimism(chosen.planned)
    words = {"share": say.percent(chosen.odds), "mean": say.percent(abs(more))}
    if more > 0:
        return say(
            "{share} of draws cost no more than the sum of the values taken; on average they cost {mean} more.",
            **words,
        )
    return say(
        "{share} of draws cost no more than the sum of the values taken; on average they cost {mean} less.",
        **words,
    )


def _totals(
    scenarios: Mapping[str, DrawnScenario], sentences: tuple[str, ...], say: Language
) -> Section:
    first = next(iter(scenarios.values())).planned
    plan = first.plan
    key = plan.currency.lower()
    has_budget = any(it.planned.resolved.scenario.budget is not None for it in scenarios.values())
    columns = [
        Column(say("Scenario"), "scenario"),
        Column(say("{currency} a month", currency=plan.currency), f"month_{key}", numeric=True),
        Column("P5", f"month_p5_{key}", numeric=True),
        Column("P50", f"month_p50_{key}", numeric=True),
        Column("P95", f"month_p95_{key}", numeric=True),
        Column(say("Odds of staying within"), "odds_within", numeric=True),
    ]
    if plan.taxes:
        columns.append(Column(say("With taxes"), f"month_with_taxes_{key}", numeric=True))
    if has_budget:
        columns += [
            Column(say("Budget"), f"budget_{key}", numeric=True),
            Column(say("Odds of keeping it"), "odds_within_budget", numeric=True),
        ]
    columns += [
        Column(say("In {currency}", currency=to), f"month_{to.lower()}", numeric=True)
        for to in plan.show
    ]
    rows = tuple(
        _total_row(it, say, has_budget=has_budget) for it in scenarios.values()
    )  # fmt: skip
    told = say(
        "Totals are exact sums of quantity times price, estimated; P5, P50 and P95 are of {count} draws, simulated.",
        count=say.number(next(iter(scenarios.values())).drawn.count),
    )
    if plan.taxes:
        told += " " + say("Totals are before taxes, unless they say otherwise.")
    title = say("The plan {name}: its scenarios", name=plan.name)
    return Section("plan", title, (*sentences, told), table=Table("plan", tuple(columns), rows))


def _total_row(it: DrawnScenario, say: Language, *, has_budget: bool) -> Row:
    planned, currency = it.planned, it.planned.plan.currency
    budget = planned.resolved.scenario.budget
    cells = [
        Cell(it.name, it.name),
        _amount(planned.first, say),
        *_band(it.drawn.first, currency, say),
        _share(it.odds, say),
    ]
    if planned.plan.taxes:
        cells.append(_amount(Money(planned.taxed_months[0], currency), say))
    if has_budget:
        cells += [
            _amount(None if budget is None else Money(budget, currency), say),
            _share(it.budget_odds, say),
        ]
    cells += [
        _amount(planned.shown_in(planned.taxed_months[0], to), say) for to in planned.plan.show
    ]
    return Row(tuple(cells))


def _horizons(scenarios: Mapping[str, DrawnScenario], say: Language) -> Section:
    plan = next(iter(scenarios.values())).planned.plan
    key = plan.currency.lower()
    columns = (
        Column(say("Scenario"), "scenario"),
        Column(say("Planned {currency}", currency=plan.currency), f"horizon_{key}", numeric=True),
        Column("P5", f"horizon_p5_{key}", numeric=True),
        Column("P50", f"horizon_p50_{key}", numeric=True),
        Column("P95", f"horizon_p95_{key}", numeric=True),
        *(
            [Column(say("With taxes"), f"horizon_with_taxes_{key}", numeric=True)]
            if plan.taxes
            else []
        ),
        *(
            Column(say("In {currency}", currency=to), f"horizon_{to.lower()}", numeric=True)
            for to in plan.show
        ),
    )
    rows = tuple(_horizon_row(it, say) for it in scenarios.values())
    first, last = plan.start, plan.month(plan.months - 1)
    title = say("{first} to {last}", first=month_name(first, say), last=say.month(last))
    told = say("The whole horizon, {number} months.", number=plan.months)
    return Section("plan-horizon", title, (told,), table=Table("plan_horizon", columns, rows))


def _horizon_row(it: DrawnScenario, say: Language) -> Row:
    planned, currency = it.planned, it.planned.plan.currency
    taxed = planned.taxed_horizon
    cells = (
        Cell(it.name, it.name),
        _amount(planned.horizon, say),
        *_band(it.drawn.horizon, currency, say),
        *([_amount(taxed, say)] if planned.plan.taxes else []),
        *(_amount(planned.shown_in(taxed.amount, to), say) for to in planned.plan.show),
    )
    return Row(cells)


def _lines(scenarios: Mapping[str, DrawnScenario], chosen: DrawnScenario, say: Language) -> Section:
    plan = chosen.planned.plan
    columns = (
        Column(say("Component"), "component"),
        *(
            Column(f"{name} {plan.currency}", f"{name}_{plan.currency.lower()}", numeric=True)
            for name in scenarios
        ),
    )
    found = {name: {it.name: it for it in s.planned.lines} for name, s in scenarios.items()}
    rows = [
        Row(
            (
                Cell(component, component),
                *(
                    _line_cell(found[name].get(component), s, component, say)
                    for name, s in scenarios.items()
                ),
            )
        )
        for component in plan.components
    ]
    total = (_amount(s.planned.first, say) for s in scenarios.values())
    rows.append(Row((Cell(say("Total a month"), "total"), *total), is_total=True))
    chart = _breakdown(chosen, say)
    title = say("Line by line, a month")
    told = say("{scenario}, the largest first: {names}.", scenario=chosen.name, names=say.list_of([f"{bar.name} {bar.label}" for bar in chart.bars[:3]]))  # fmt: skip

    def draw(frame: Frame) -> str:
        return bar_chart(chart, frame)

    return Section(
        "plan-lines", title, (told,), Chart("plan-lines", title, told, draw),
        Table("plan_lines", columns, tuple(rows)),
    )  # fmt: skip


def _line_cell(
    line: LineEstimate | None, shown: DrawnScenario, component: str, say: Language
) -> Cell:
    host = shown.planned.resolved.carried.get(component)
    if host is not None:
        return Cell(say("in {host}", host=host), f"in {host}")
    if line is None:
        return Cell("")
    return _amount(Money(line.costs[0], shown.planned.plan.currency), say)


def _breakdown(chosen: DrawnScenario, say: Language) -> BarChart:
    planned = chosen.planned
    total = planned.first.amount
    lines = sorted(planned.lines, key=lambda it: -it.costs[0])

    def bar(name: str, cost: Decimal, hue: int = 0) -> Bar:
        share = say.percent(cost / total, 0) if total else ""
        money = say.money(Money(cost, planned.plan.currency))
        return Bar(name, float(cost), money, hue, "estimated", share)

    bars = [bar(it.name, it.costs[0]) for it in lines[:_MOST_BARS]]
    rest = lines[_MOST_BARS:]
    if rest:
        name = say.count("{number} other", "{number} others", len(rest))
        bars.append(bar(name, sum((it.costs[0] for it in rest), Decimal(0)), OTHERS))
    return BarChart(tuple(bars))


def _months(chosen: DrawnScenario, say: Language) -> Section:
    planned, plan = chosen.planned, chosen.planned.plan
    currency = plan.currency
    bands = chosen.drawn.each_month
    table = month_bands(
        "plan_months",
        [
            (say("Planned {currency}", currency=currency), "planned"),
            ("P5", "p5"),
            ("P50", "p50"),
            ("P95", "p95"),
        ],
        months=(
            (plan.month(at), (Money(cost, currency), *_ends(bands[at], currency)))
            for at, cost in enumerate(planned.months)
        ),
        currency=currency,
        say=say,
    )
    title = say("{scenario}, month by month", scenario=chosen.name)
    last = bands[-1]
    told = say(
        "Columns are planned; nine draws of ten lie in the band: {month} between {low} and {high}.",
        month=month_name(plan.month(plan.months - 1), say),
        low=say.money(drawn_money(last.p5, currency)),
        high=say.money(drawn_money(last.p95, currency)),
    )
    chart = _fan(chosen, bands, say)

    def draw(frame: Frame) -> str:
        return time_series_chart(chart, frame)

    return Section("plan-months", title, (told,), Chart("plan-months", title, told, draw), table)


def _fan(chosen: DrawnScenario, bands: Sequence[Drawn], say: Language) -> TimeSeriesChart:
    planned, plan = chosen.planned, chosen.planned.plan
    values = tuple(float(it) for it in planned.months)
    highest = max(*(it.p95 for it in bands), *values)
    decimals = 0 if highest >= 10 else 2
    step = max(1, round(plan.months / 8))
    names = (
        f"{month_name(plan.month(at), say)}: {say.money(Money(cost, plan.currency))}"
        f" (P5 {say.money(drawn_money(bands[at].p5, plan.currency))},"
        f" P95 {say.money(drawn_money(bands[at].p95, plan.currency))})"
        for at, cost in enumerate(planned.months)
    )
    return TimeSeriesChart(
        layers=(Layer(say("planned"), values, 0, "estimated"),),
        columns=tuple(names),
        values=nice_ticks(0.0, highest, lambda value: say.number(value, decimals)),
        times=tuple(
            Tick(at, say.short_month(plan.month(at))) for at in range(0, plan.months, step)
        ),
        forecast=Band(
            0,
            tuple(it.p5 for it in bands),
            tuple(it.p50 for it in bands),
            tuple(it.p95 for it in bands),
        ),
    )


def _amount(amount: Money | None, say: Language) -> Cell:
    return Cell(say.number(None if amount is None else amount.amount, 2), amount)


def _band(band: Drawn, currency: str, say: Language) -> tuple[Cell, ...]:
    return tuple(_amount(money, say) for money in _ends(band, currency))


def _ends(band: Drawn, currency: str) -> tuple[Money, ...]:
    return tuple(drawn_money(it, currency) for it in (band.p5, band.p50, band.p95))


def _share(share: float | None, say: Language) -> Cell:
    return Cell(say.percent(share), None if share is None else Decimal(str(share)))

"""``centavo plan show``: what each scenario of a plan costs, line by line, and how far it may vary."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Context, Decimal
from pathlib import Path
from typing import cast

import click

from centavo.cli.output import Column, Format, Table, amount_text, print_json, print_table, say
from centavo.cli.plan_json import estimate_json
from centavo.cli.plan_opening import open_plan, resolved_scenarios
from centavo.cli.plan_text import drawn_text, month_money, percent, rests_on
from centavo.cli.price_texts import plain_price
from centavo.planning.drawn import DrawnScenario, draw
from centavo.planning.estimate import Estimate
from centavo.planning.simulation import Band
from centavo.wording import counted

__all__ = ["command"]

_SIX = Decimal("0.000001")
# A price that was measured has as many digits as its quotient; a person reads eight.
_SHORT = Context(prec=8)


@click.command("show")
@click.argument("plan", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--scenario", "names", multiple=True, help="Only this scenario; several are columns.")
@click.option("--draws", type=click.IntRange(100, 1_000_000), default=10_000, show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def command(
    ledger: Path | None,
    plan: Path,
    *,
    names: tuple[str, ...],
    draws: int,
    seed: int,
    as_json: bool,
    form: str | None,
) -> None:
    """Show what a PLAN costs: a month and the whole horizon, its range, and the odds of staying within.

    Totals are exact sums of quantity times price; ranges are simulated.
    """
    resolved = resolved_scenarios(open_plan(plan, ledger=ledger), names)
    shown = [draw(it, count=draws, seed=seed) for it in resolved]
    today = datetime.now(UTC).date()  # noqa: TID251 -- the edge where the clock enters
    if as_json:
        print_json(
            {
                "schema": "centavo.plan/1",
                "plan": resolved[0].plan.name,
                "draws": draws,
                "seed": seed,
                "scenarios": [estimate_json(it.planned, it.drawn) for it in shown],
            }
        )
        return
    say(_answer(shown))
    table = _lines_table(shown[0]) if len(shown) == 1 else _table(shown)
    print_table(table, form=cast("Format", form or "table"))
    if len(shown) == 1:
        say(*_totals(shown[0]))
    say(*(_optimism(it) for it in shown), *rests_on([it.planned for it in shown], today))
    say(f"Ranges: {draws:,} draws with seed {seed}. Next: centavo plan what-if {plan}")


def _answer(shown: Sequence[DrawnScenario]) -> str:
    plan = shown[0].planned.plan
    totals = ", ".join(f"{it.name} {amount_text(it.planned.first.amount)}" for it in shown)
    when = f"in {plan.start:%Y-%m}" if _grows(shown) else "a month"
    return (
        f"{plan.name}: {totals} {plan.currency} {when}, estimated: planned quantities and prices."
    )


def _grows(shown: Sequence[DrawnScenario]) -> bool:
    return any(len(set(it.planned.months)) > 1 for it in shown)


def _lines_table(shown: DrawnScenario) -> Table:
    """Return the lines of one scenario with quantity, price and evidence."""
    planned, plan = shown.planned, shown.planned.plan
    columns = [
        Column("component", least=24), Column("quantity", numeric=True, drop=2), Column("unit", drop=2),
        Column("price", numeric=True, drop=1), Column(f"{plan.currency} a month", numeric=True),
        Column(counted(plan.months, "month"), numeric=True), Column("P5", numeric=True, drop=4),
        Column("P95", numeric=True, drop=4), Column("evidence", drop=3), Column("as of", drop=5),
        Column("source", drop=6),
    ]  # fmt: skip
    rows: list[list[str | None]] = []
    exact: list[list[str | None]] = []
    for number, it in enumerate(planned.lines):
        dated, band = it.line.dated[0], shown.drawn.line_band(number)
        price = f"{_SHORT.plus(dated.amount).normalize():f}"
        price = price if dated.currency == plan.currency else f"{price} {dated.currency}"
        common = [dated.evidence, dated.seen.isoformat(), dated.source]
        quantity = f"{it.quantities[0].quantize(_SIX).normalize():,f}"
        rows.append(
            [it.name, quantity, dated.unit.text, price, amount_text(it.costs[0]),
             amount_text(it.horizon), drawn_text(band.p5), drawn_text(band.p95), *common]
        )  # fmt: skip
        exact.append(
            [it.name, plain_price(it.quantities[0]), dated.unit.text, plain_price(dated.amount),
             plain_price(it.costs[0]), plain_price(it.horizon), drawn_text(band.p5), drawn_text(band.p95), *common]
        )  # fmt: skip
    for name, host in planned.resolved.carried.items():
        with_host = [name, "", "", "", f"in {host}", "", "", "", "", "", ""]
        rows.append([*with_host])
        exact.append([*with_host])
    return Table(columns, rows, exact)


def _totals(shown: DrawnScenario) -> list[str]:
    """Return the totals of one scenario in words, a month and the horizon."""
    planned, drawn, plan = shown.planned, shown.drawn, shown.planned.plan
    lines: list[str] = []
    for span, net, taxed, band in (
        ("a month", planned.first.amount, planned.taxed_months[0], drawn.first),
        (
            f"in {counted(plan.months, 'month')}",
            planned.horizon.amount,
            planned.taxed_horizon.amount,
            drawn.horizon,
        ),
    ):
        shown_in = [planned.shown_in(taxed, to) for to in plan.show]
        others = "".join(f", {month_money(it.amount, it.currency)}" for it in shown_in)
        with_taxes = f", {month_money(taxed, plan.currency)} with taxes" if plan.taxes else ""
        lines.append(
            f"Total {month_money(net, plan.currency)} {span}{with_taxes}{others}; simulated"
            f" {drawn_text(band.p5)} to {drawn_text(band.p95)} (P5 to P95), half above"
            f" {drawn_text(band.p50)}."
        )
    budget = planned.resolved.scenario.budget
    if budget is not None:
        lines.append(
            f"Budget {month_money(budget, plan.currency)} a month: {_budget_odds(shown)} of draws stay"
            " within it, taxes included."
        )
    return lines


def _table(shown: Sequence[DrawnScenario]) -> Table:
    plan = shown[0].planned.plan
    columns = [Column(f"{plan.currency} a month"), *(Column(it.name, numeric=True) for it in shown)]
    cells: list[tuple[str, list[str], list[str]]] = []

    def put(name: str, of: Callable[[DrawnScenario], Decimal | str]) -> None:
        values = [of(it) for it in shown]
        texts = [it if isinstance(it, str) else amount_text(it) or "" for it in values]
        cells.append(
            (name, texts, [it if isinstance(it, str) else plain_price(it) for it in values])
        )

    for name in plan.components:
        put(name, lambda it, name=name: _component_cell(it.planned, name))
    put("total a month", lambda it: it.planned.first.amount)
    for tax in plan.taxes:
        put(tax.name, lambda it, tax=tax: it.planned.taxes[tax.name][0])
    if plan.taxes:
        put("with taxes", lambda it: it.planned.taxed_months[0])
    for to in plan.show:
        put(
            f"in {to}", lambda it, to=to: it.planned.shown_in(it.planned.taxed_months[0], to).amount
        )
    _put_band(put, "", lambda it: it.drawn.first)
    put("odds of staying within", lambda it: percent(it.odds))
    if any(it.planned.resolved.scenario.budget is not None for it in shown):
        put("budget", lambda it: it.planned.resolved.scenario.budget or "")
        put("odds of staying within it", _budget_odds)
    put(f"total in {counted(plan.months, 'month')}", lambda it: it.planned.horizon.amount)
    if plan.taxes:
        put(
            f"{counted(plan.months, 'month')} with taxes",
            lambda it: it.planned.taxed_horizon.amount,
        )
    for to in plan.show:
        put(
            f"{counted(plan.months, 'month')} in {to}",
            lambda it, to=to: _horizon_in(it.planned, to),
        )
    _put_band(put, f"{counted(plan.months, 'month')} ", lambda it: it.drawn.horizon)
    return Table(
        columns,
        [[name, *texts] for name, texts, _ in cells],
        [[name, *exact] for name, _, exact in cells],
    )


def _put_band(
    put: Callable[[str, Callable[[DrawnScenario], Decimal | str]], None],
    head: str,
    of: Callable[[DrawnScenario], Band],
) -> None:
    put(f"{head}P5", lambda it: drawn_text(of(it).p5))
    put(f"{head}P50", lambda it: drawn_text(of(it).p50))
    put(f"{head}P95", lambda it: drawn_text(of(it).p95))


def _component_cell(planned: Estimate, name: str) -> Decimal | str:
    if name in planned.resolved.carried:
        return f"in {planned.resolved.carried[name]}"
    return next((it.costs[0] for it in planned.lines if it.name == name), "")


def _horizon_in(planned: Estimate, currency: str) -> Decimal:
    return planned.shown_in(planned.taxed_horizon.amount, currency).amount


def _budget_odds(shown: DrawnScenario) -> str:
    return "" if shown.budget_odds is None else percent(shown.budget_odds)


def _optimism(shown: DrawnScenario) -> str:
    """Return by how much the sum of typical values is too low, or that it is not."""
    if not shown.varies:
        return f"Nothing in {shown.name} has a range, so nothing is said of how far it may vary."
    share = shown.drawn.optimism(shown.planned)
    within = shown.odds
    if within < 0.5:
        return (
            f"{shown.name} is an optimistic plan: {percent(1 - within)} of draws cost more, on average"
            f" {percent(share)} more than the sum of the values taken."
        )
    return (
        f"{shown.name} is a cautious plan: {percent(within)} of draws cost no more, on average"
        f" {percent(abs(share))} {'less' if share < 0 else 'more'} than the sum of the values taken."
    )

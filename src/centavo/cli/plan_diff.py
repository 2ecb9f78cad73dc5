"""``centavo plan diff``: what changed between two plans or two scenarios, fit for a pull request."""

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import click

from centavo.cli.output import Column, Table, amount_text, print_json, print_lines, print_table, say
from centavo.cli.plan_opening import open_plan, split_scenario
from centavo.cli.plan_text import month_money
from centavo.cli.price_texts import signed_text
from centavo.errors import ConfigError
from centavo.money import Money
from centavo.planning.difference import LineChange, PlanDifference, plan_difference
from centavo.planning.estimate import estimate
from centavo.planning.resolved import resolve
from centavo.wording import counted

__all__ = ["command"]


@click.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@click.option("--horizon", is_flag=True, help="Compare the whole horizon, not a month.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "md"]),
    help="Table as CSV, or all of it as Markdown for a pull request.",
)
@click.pass_obj
def command(
    ledger: Path | None,
    before: str,
    after: str,
    *,
    horizon: bool,
    as_json: bool,
    form: str | None,
) -> None:
    """Show what plan B costs more or less than plan A, and why: price, quantity, exchange rate.

    A and B are files, or scenarios of files: plan.yaml:minimum. Without scenarios, every scenario that
    both have is compared.
    """
    differences = _differences(before, after, ledger=ledger, horizon=horizon)
    if as_json:
        print_json(
            {
                "schema": "centavo.plan.diff/1",
                "before": before,
                "after": after,
                "differences": [_as_json(it) for it in differences],
            }
        )
        return
    for it in differences:
        if form == "md":
            print_lines(f"**{_answer(it)}**", "")
        else:
            say(_answer(it))
        if any(line.change for line in it.lines):
            print_table(_table(it), form="md" if form == "md" else "csv" if form else "table")
        if form == "md":
            print_lines("", _same(it), "")
        else:
            say(_same(it))


def _differences(
    before: str, after: str, *, ledger: Path | None, horizon: bool
) -> list[PlanDifference]:
    (first_path, first_name), (second_path, second_name) = (
        split_scenario(before),
        split_scenario(after),
    )
    first, second = open_plan(first_path, ledger=ledger), open_plan(second_path, ledger=ledger)
    if first_name or second_name:
        pairs = [(first_name or second_name, second_name or first_name)]
    elif len(first.scenarios) == len(second.scenarios) == 1:
        pairs = [(next(iter(first.scenarios)), next(iter(second.scenarios)))]
    else:
        pairs = [(name, name) for name in first.scenarios if name in second.scenarios]
    if not pairs:
        raise ConfigError(
            f"{before} and {after} have no scenario in common",
            hint="Name one of each: plan.yaml:minimum other.yaml:small",
        )
    months = first.months if horizon else 1
    return [
        plan_difference(estimate(resolve(first, a)), estimate(resolve(second, b)), months=months)
        for a, b in pairs
    ]


def _span(it: PlanDifference) -> str:
    return "a month" if it.months == 1 else f"in {it.months} months"


def _answer(it: PlanDifference) -> str:
    currency = it.before.plan.currency
    change, first = it.total("change"), it.total("before")
    names = it.before.resolved.scenario.name, it.after.resolved.scenario.name
    named = names[0] if names[0] == names[1] else f"{names[0]} to {names[1]}"
    share = f" ({100 * change / first:+.1f} %)" if first else ""
    return (
        f"{named}: {signed_text(change, 2)} {currency} {_span(it)}{share}, from"
        f" {month_money(first, currency)} to {month_money(it.total('after'), currency)}, estimated."
    )


def _same(it: PlanDifference) -> str:
    same = [line for line in it.lines if not line.change and line.kind != "tax"]
    amount = month_money(sum((line.after for line in same), Decimal(0)), it.before.plan.currency)
    parts = [
        f"{kind} {signed_text(it.effect(kind), 2)}"
        for kind in ("added", "removed")
        if it.effect(kind)
    ]
    for name, values in (
        ("quantity", [line.quantity_effect for line in it.lines if line.kind == "changed"]),
        ("price", [line.price_effect for line in it.lines]),
        ("exchange rate", [line.exchange_effect for line in it.lines]),
        ("taxes", [line.change for line in it.lines if line.kind == "tax"]),
    ):
        total = sum(values, Decimal(0))
        if total:
            parts.append(f"{name} {signed_text(total, 2)}")
    why = f"By cause: {', '.join(parts)}. " if parts else ""
    return f"{why}Unchanged: {counted(len(same), 'component')} of {amount}."


def _table(it: PlanDifference) -> Table:
    currency = it.before.plan.currency
    columns = [
        Column("component", least=24), Column("what"), Column(f"before {currency}", numeric=True, drop=1),
        Column(f"after {currency}", numeric=True, drop=1), Column("change", numeric=True),
        Column("by quantity", numeric=True, drop=2), Column("by price", numeric=True, drop=2),
        Column("by exchange", numeric=True, drop=3),
    ]  # fmt: skip
    changed = [line for line in it.lines if line.change]
    return Table(columns, [_row(line) for line in changed], [_exact_row(line) for line in changed])


def _row(it: LineChange) -> Sequence[str | None]:
    effects = [it.quantity_effect, it.price_effect, it.exchange_effect]
    said = ["" if it.kind == "tax" or not each else signed_text(each, 2) for each in effects]
    return [
        it.name, it.kind, amount_text(it.before), amount_text(it.after), signed_text(it.change, 2),
        *said,
    ]  # fmt: skip


def _exact_row(it: LineChange) -> Sequence[str | None]:
    amounts = [it.before, it.after, it.change, it.quantity_effect, it.price_effect]
    return [it.name, it.kind, *(_plain(each) for each in (*amounts, it.exchange_effect))]


def _plain(amount: Decimal) -> str:
    return Money(amount, "").as_json()["amount"]


def _as_json(it: PlanDifference) -> dict[str, object]:
    currency = it.before.plan.currency

    def money(amount: Decimal) -> dict[str, str]:
        return Money(amount, currency).as_json()

    return {
        "scenarios": [it.before.resolved.scenario.name, it.after.resolved.scenario.name],
        "months": it.months,
        "grade": "estimated",
        "before": money(it.total("before")),
        "after": money(it.total("after")),
        "change": money(it.total("change")),
        "added": money(it.effect("added")),
        "removed": money(it.effect("removed")),
        "lines": [
            {
                "component": line.name,
                "kind": line.kind,
                "before": money(line.before),
                "after": money(line.after),
                "change": money(line.change),
                "quantity_effect": money(line.quantity_effect),
                "price_effect": money(line.price_effect),
                "exchange_effect": money(line.exchange_effect),
            }
            for line in it.lines
        ],
    }

"""``centavo plan actual``: a plan against the ledger, every deviation by its cause."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import cast

import click

from centavo.cli.asking import where_pairs
from centavo.cli.coverage_text import coverage_json, coverage_lines
from centavo.cli.output import Column, Format, Table, amount_text, print_json, print_table, say
from centavo.cli.plan_opening import open_plan
from centavo.cli.plan_text import month_money
from centavo.cli.price_texts import plain_price, signed_text
from centavo.errors import ConfigError
from centavo.ledger.coverage import Coverage, coverage_of
from centavo.ledger.settings import Settings
from centavo.money import Money
from centavo.planning import Plan
from centavo.planning.actual import Actual, Deviation, day_rates, months_over, plan_against_actual
from centavo.planning.estimate import estimate
from centavo.planning.measuring import BASES, Basis
from centavo.planning.resolved import resolve
from centavo.wording import counted

__all__ = ["command"]


@click.command("actual")
@click.argument("plan", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--scenario", help="Which scenario was carried out [default: the first].")
@click.option("--months", type=click.IntRange(1, 120),
              help="Months to compare, from the plan's first [default: those that are over].")  # fmt: skip
@click.option("--basis", type=click.Choice(BASES), default="billed", show_default=True,
              help="Evidence level of what is measured; levels are never added.")  # fmt: skip
@click.option("--where", "filters", multiple=True, metavar="DIMENSION=PATTERN",
              help="Only rows like this.")  # fmt: skip
@click.option(
    "--top", type=click.IntRange(min=1), help="The N largest deviations; the rest as one."
)
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def command(
    ledger: Path | None,
    plan: Path,
    *,
    scenario: str | None,
    months: int | None,
    basis: str,
    filters: tuple[str, ...],
    top: int | None,
    as_json: bool,
    form: str | None,
) -> None:
    """Hold a PLAN against the ledger: each deviation by volume, mix, price and exchange rate.

    Components need a `meter:`; spend that no meter fits is a line of its own. The parts of a deviation
    add up to it exactly.
    """
    from centavo.ledger.exchange import ExchangeRates
    from centavo.ledger.ledger import Ledger

    settings = Settings.load(Path.cwd(), ledger=ledger)
    opened = open_plan(plan, ledger=ledger)
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    chosen = cast("Basis", basis)
    facts = Ledger.open(settings.location)
    found = plan_against_actual(
        estimate(resolve(opened, scenario)),
        facts,
        basis=chosen,
        months=_months(opened, months, now.date()),
        where=where_pairs(filters),
        rate_on=day_rates(ExchangeRates.load(settings.rates) if settings.rates else None),
    )
    table = "usage_events" if chosen == "metered" else "charges"
    coverage = coverage_of(facts, table, now=now)
    if as_json:
        print_json(_as_json(found, coverage))
        return
    say(_answer(found))
    print_table(_table(found, top), form=cast("Format", form or "table"))
    say(*_words(found), *coverage_lines(coverage))
    say(f"Next: centavo why --basis {basis}: what made a cost change.")


def _months(plan: Plan, asked: int | None, today: date) -> int:
    """Return how many months to compare.

    Raises:
        ConfigError: None is over yet, or more are asked for than planned.
    """
    if asked is not None:
        if asked > plan.months:
            raise ConfigError(f"the plan has {plan.months} months, not {asked}")
        return asked
    over = months_over(plan, today)
    if not over:
        raise ConfigError(
            f"no month of {plan.name} is over: it begins in {plan.start:%Y-%m}",
            hint="--months 1 compares the first one as far as it goes.",
        )
    return over


def _span(found: Actual) -> str:
    first, last = found.months[0], found.months[-1]
    return f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} to {last:%Y-%m}"


def _answer(found: Actual) -> str:
    total, currency = found.total, found.planned.plan.currency
    share = f" ({100 * total.deviation / total.planned:+.1f} %)" if total.planned else ""
    return (
        f"{found.planned.plan.name}, {found.planned.resolved.scenario.name}, {_span(found)}:"
        f" {month_money(total.actual, currency)} {found.basis.replace('_', ' ')} against"
        f" {month_money(total.planned, currency)} planned, {signed_text(total.deviation, 2)}{share}."
    )


def _words(found: Actual) -> list[str]:
    currency, total = found.planned.plan.currency, found.total
    lines: list[str] = []
    parts = [
        f"{name} {signed_text(value, 2)}"
        for name, value in (
            ("volume", total.volume), ("mix", total.mix), ("price", total.price),
            ("exchange rate", total.exchange), ("not split", total.unsplit),
        )
        if value
    ]  # fmt: skip
    if parts:
        lines.append(
            f"By cause: {', '.join(parts)}; they add up to {signed_text(total.deviation, 2)}."
        )
    if found.unplanned:
        spend = sum((it.actual for it in found.unplanned), Decimal(0))
        lines.append(
            f"Unplanned: {month_money(spend, currency)} in {counted(len(found.unplanned), 'group')} that"
            " no meter fits."
        )
    silent = [it.name for it in found.lines if not it.rows]
    if silent:
        lines.append(
            f"Nothing in the ledger fits {', '.join(silent[:4])}"
            f"{f' and {len(silent) - 4} more' if len(silent) > 4 else ''}: not spent, or not read."
        )
    if found.unmetered:
        cost = sum(found.unmetered.values(), Decimal(0))
        lines.append(
            f"Without a meter, in no total above: {', '.join(list(found.unmetered)[:4])},"
            f" {month_money(cost, currency)} planned."
        )
    if found.rates_assumed:
        lines.append(
            f"{', '.join(sorted(found.rates_assumed))} converted at the plan's own rate, for want of the"
            " day's (`[currency] rates`)."
        )
    months = found.planned.plan.months
    if months > len(found.months):
        lines.append(
            f"Forecast: {month_money(found.forecast, currency)} for all {months} months at the pace so"
            f" far, {month_money(found.planned.horizon.amount, currency)} planned; estimated."
        )
    return lines


def _table(found: Actual, top: int | None) -> Table:
    currency = found.planned.plan.currency
    every_line = (*found.lines, *found.unplanned)

    def effect(title: str, name: str) -> Column:
        # Where nothing happened is no loss; the effects that did happen add up before the reader's eyes.
        happened = any(getattr(it, name) for it in every_line)
        return Column(title, numeric=True, drop=1 if happened else 3)

    columns = [
        Column("component", least=24), Column(f"planned {currency}", numeric=True),
        Column("actual", numeric=True), Column("deviation", numeric=True),
        effect("volume", "volume"), effect("mix", "mix"), effect("price", "price"),
        effect("exchange", "exchange"), effect("not split", "unsplit"),
        Column("rows", numeric=True, drop=2),
    ]  # fmt: skip
    rows = sorted(found.lines, key=lambda it: -abs(it.deviation))
    unplanned = [(f"(unplanned) {it.name}", it) for it in found.unplanned]
    every = [*((it.name, it) for it in rows), *unplanned]
    if top is not None and len(every) > top:
        every.sort(key=lambda it: -abs(it[1].deviation))
        every = [
            *every[:top],
            (f"({counted(len(every) - top, 'other')})", _sum([it for _, it in every[top:]])),
        ]
    every.append(("total", found.total))
    return Table(
        columns, [_row(name, it) for name, it in every], [_exact(name, it) for name, it in every]
    )


def _sum(lines: Sequence[Deviation]) -> Deviation:
    def added(name: str) -> Decimal:
        return sum((getattr(it, name) for it in lines), Decimal(0))

    return Deviation(
        "others", added("planned"), added("actual"), added("volume"), added("mix"), added("price"),
        added("exchange"), added("unsplit"), rows=sum(it.rows for it in lines),
    )  # fmt: skip


def _row(name: str, it: Deviation) -> list[str | None]:
    effects = [it.volume, it.mix, it.price, it.exchange, it.unsplit]
    return [
        name, amount_text(it.planned), amount_text(it.actual), signed_text(it.deviation, 2),
        *(signed_text(each, 2) if each else "" for each in effects), f"{it.rows:,}",
    ]  # fmt: skip


def _exact(name: str, it: Deviation) -> list[str | None]:
    amounts = [it.planned, it.actual, it.deviation, it.volume, it.mix, it.price, it.exchange]
    return [name, *(plain_price(each) for each in (*amounts, it.unsplit)), str(it.rows)]


def _as_json(found: Actual, coverage: Coverage) -> dict[str, object]:
    currency = found.planned.plan.currency

    def line(it: Deviation) -> dict[str, object]:
        money = {
            name: Money(getattr(it, name), currency).as_json()
            for name in (
                "planned", "actual", "deviation", "volume", "mix", "price", "exchange", "unsplit",
            )
        }  # fmt: skip
        return {
            "name": it.name,
            **money,
            "quantity": None if it.quantity is None else plain_price(it.quantity),
            "planned_quantity": None
            if it.planned_quantity is None
            else plain_price(it.planned_quantity),
            "rows": it.rows,
        }

    return {
        "schema": "centavo.plan.actual/1",
        "plan": found.planned.plan.name,
        "scenario": found.planned.resolved.scenario.name,
        "basis": found.basis,
        "months": [f"{it:%Y-%m}" for it in found.months],
        "total": line(found.total),
        "lines": [line(it) for it in found.lines],
        "unplanned": [line(it) for it in found.unplanned],
        "unmetered": {
            name: Money(cost, currency).as_json() for name, cost in found.unmetered.items()
        },
        "rates_assumed": sorted(found.rates_assumed),
        "forecast": Money(found.forecast, currency).as_json(),
        "coverage": coverage_json(coverage),
    }

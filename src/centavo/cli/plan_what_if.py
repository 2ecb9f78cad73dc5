"""``centavo plan what-if``: other values, a grid of them, what moves the total most, and break-even."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from centavo.cli.output import Column, Format, Table, amount_text, print_json, print_table, say
from centavo.cli.plan_opening import open_plan, resolved_scenarios
from centavo.cli.plan_text import drawn_json, drawn_text, month_money
from centavo.cli.price_texts import plain_price, signed_text
from centavo.errors import ConfigError
from centavo.ledger.toml_lines import near_names
from centavo.money import EXACT, Money
from centavo.planning.estimate import estimate
from centavo.planning.resolved import ResolvedScenario, resolve
from centavo.planning.units import ONE, UnitError, parse_unit
from centavo.wording import counted

if TYPE_CHECKING:
    from centavo.planning.what_if import BreakEven, Swing

__all__ = ["command"]

_MOST_CELLS = 2_000


@click.command("what-if")
@click.argument("plan", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--scenario", help="Only this scenario [default: all; for a tornado the first].")
@click.option(
    "--set", "values", multiple=True, metavar="NAME=VALUE",
    help="Another value of a driver, price:NAME or rate:USD/BRL.",
)  # fmt: skip
@click.option(
    "--grid", "grids", multiple=True, metavar="NAME=A,B,…", help="Every one of several values."
)
@click.option("--tornado", "as_tornado", is_flag=True, help="What moves the total most.")
@click.option(
    "--swing", type=click.FloatRange(min=0, max=100, min_open=True),
    help="Percent by which what has no range moves in a tornado [default: stays].",
)  # fmt: skip
@click.option("--break-even", "driver", metavar="NAME", help="Where two scenarios cost the same.")
@click.option("--between", nargs=2, metavar="A B", help="The scenarios of a break-even.")
@click.option("--from", "low", help="Least value of a break-even [default: 0].")
@click.option("--to", "high", help="Largest value of a break-even [default: 10 times the plan's].")
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
    values: tuple[str, ...],
    grids: tuple[str, ...],
    as_tornado: bool,
    swing: float | None,
    driver: str | None,
    between: tuple[str, str] | None,
    low: str | None,
    high: str | None,
    as_json: bool,
    form: str | None,
) -> None:
    """Compute a PLAN with other values; without any, show what moves its total most.

    Values are in the plan's own units, or name theirs: --set gpu_hours=200 or --set "data=2 TB-month".
    """
    opened = open_plan(plan, ledger=ledger)
    resolved = resolved_scenarios(opened, [scenario] if scenario else [])
    shape = cast("Format", form or "table")
    if driver is not None:
        pair = between or _only_two(list(opened.scenarios))
        first, second = (resolve(opened, name) for name in pair)
        _break_even(first, second, driver, bounds=(low, high), as_json=as_json, form=shape)
    elif values or grids:
        _grid(resolved, values, grids, as_json=as_json, form=shape)
    else:
        del as_tornado  # what is shown without any other wish
        _tornado(plan, resolved[0], swing=swing, as_json=as_json, form=shape)


def _only_two(names: list[str]) -> tuple[str, str]:
    if len(names) != 2:
        raise ConfigError(
            f"a break-even is between two scenarios, and the plan has {len(names)}",
            hint=f"Say which: --between A B. There are {', '.join(names)}.",
        )
    return names[0], names[1]


def _parsed(resolved: ResolvedScenario, key: str, text: str) -> Decimal:
    """Return a value in base units of a driver, or as stated of a price or rate.

    Raises:
        ConfigError: It is no number, or of another unit.
    """
    from centavo.planning.what_if import stated_value

    stated_value(resolved, key)
    number, _, unit_text = text.strip().partition(" ")
    known = resolved.units.get(key)
    try:
        unit = parse_unit(unit_text) if unit_text else (known or ONE)
        value = Decimal(number)
    except (UnitError, InvalidOperation) as error:
        raise ConfigError(f"{key}={text} cannot be read", hint=str(error)) from None
    if known is not None and not unit.measures_the_same(known):
        raise ConfigError(f"{key}={text} is not in {known.text}")
    if not value.is_finite() or value < 0:
        raise ConfigError(f"{key}={text} is not a number of 0 or more")
    return EXACT.multiply(value, unit.scale) if known is not None else value


def _pairs(texts: Sequence[str]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not value:
            raise ConfigError(
                f"{text!r} is not NAME=VALUE", hint="For example --set gpu_hours=200."
            )
        found.append((name.strip(), value))
    return found


def _grid(
    resolved: Sequence[ResolvedScenario],
    values: Sequence[str],
    grids: Sequence[str],
    *,
    as_json: bool,
    form: Format,
) -> None:
    fixed = _pairs(values)
    _must_be_somewhere(resolved, [name for name, _ in (*fixed, *_pairs(grids))])
    axes = [(name, text.split(",")) for name, text in _pairs(grids)]
    cells = list(product(*(texts for _, texts in axes)))
    if len(cells) > _MOST_CELLS:
        raise ConfigError(
            f"{len(cells):,} cells are more than {_MOST_CELLS:,}", hint="Fewer values."
        )
    currency = resolved[0].plan.currency
    names = [name for name, _ in axes]
    found: list[tuple[tuple[str, ...], list[Decimal]]] = []
    for cell in cells:
        wanted = [*fixed, *zip(names, cell, strict=True)]
        totals = [_total_with(it, wanted) for it in resolved]
        found.append((cell, totals))
    plain = [estimate(it).first.amount for it in resolved]
    scenarios = [it.scenario.name for it in resolved]
    if as_json:
        _print_grid_json(found, fixed, names, scenarios=scenarios, plain=plain, currency=currency)
        return
    changes = ", ".join(f"{name}={text}" for name, text in fixed)
    said = ", ".join(
        f"{name} {amount_text(now)} ({signed_text(now - was, 2)})"
        for name, was, now in zip(scenarios, plain, found[0][1], strict=True)
    )
    say(f"{changes}: {said} {currency} a month, estimated." if not axes
        else f"{len(cells)} cells{f' with {changes}' if changes else ''}, {currency} a month, estimated.")  # fmt: skip
    columns = [
        *(Column(name) for name in (names or ["what if"])),
        *(Column(name, numeric=True) for name in scenarios),
    ]
    as_is = ["as planned"] + [""] * (max(len(names), 1) - 1)
    labels = [list(cell) or [changes] for cell, _ in found]
    print_table(
        Table(
            columns,
            [[*as_is, *(amount_text(it) for it in plain)]]
            + [[*label, *(amount_text(it) for it in t)] for label, (_, t) in zip(labels, found, strict=True)],
            [[*as_is, *(plain_price(it) for it in plain)]]
            + [[*label, *(plain_price(it) for it in t)] for label, (_, t) in zip(labels, found, strict=True)],
        ),
        form=form,
    )  # fmt: skip
    say(f"Coverage: {counted(len(scenarios), 'scenario')}, all else as planned.")


def _must_be_somewhere(resolved: Sequence[ResolvedScenario], keys: Sequence[str]) -> None:
    from centavo.planning.what_if import varying_keys

    known = dict.fromkeys(key for it in resolved for key in varying_keys(it))
    for key in keys:
        if key not in known:
            raise ConfigError(f"{key!r} is nothing that can vary", hint=near_names(key, known))


def _total_with(resolved: ResolvedScenario, wanted: Sequence[tuple[str, str]]) -> Decimal:
    """Return the first month with other values; what a scenario does not have does not move it."""
    from centavo.planning.what_if import changed, varying_keys

    own = set(varying_keys(resolved))
    values = {key: _parsed(resolved, key, text) for key, text in wanted if key in own}
    return estimate(changed(resolved, values)).first.amount


def _print_grid_json(
    found: Sequence[tuple[tuple[str, ...], list[Decimal]]],
    fixed: Sequence[tuple[str, str]],
    names: Sequence[str],
    *,
    scenarios: Sequence[str],
    plain: Sequence[Decimal],
    currency: str,
) -> None:
    def totals(amounts: Sequence[Decimal]) -> dict[str, object]:
        pairs = zip(scenarios, amounts, strict=True)
        return {name: Money(amount, currency).as_json() for name, amount in pairs}

    print_json(
        {
            "schema": "centavo.plan.what_if/1",
            "grade": "estimated",
            "set": dict(fixed),
            "as_planned": totals(plain),
            "cells": [
                {"values": dict(zip(names, cell, strict=True)), "month": totals(amounts)}
                for cell, amounts in found
            ],
        }
    )


def _tornado(
    plan: Path,
    resolved: ResolvedScenario,
    *,
    swing: float | None,
    as_json: bool,
    form: Format,
) -> None:
    from centavo.planning.what_if import tornado

    swings = tornado(resolved, swing=None if swing is None else swing / 100)
    planned = estimate(resolved)
    currency, months = resolved.plan.currency, resolved.plan.months
    if as_json:
        print_json(
            {
                "schema": "centavo.plan.tornado/1",
                "scenario": resolved.scenario.name,
                "grade": "simulated",
                "months": months,
                "horizon": planned.taxed_horizon.as_json(),
                "swings": [
                    {
                        "name": it.key,
                        "low": _in_unit(resolved, it.key, it.low),
                        "high": _in_unit(resolved, it.key, it.high),
                        "at_low": drawn_json(it.at_low, currency),
                        "at_high": drawn_json(it.at_high, currency),
                        "stated_range": it.stated,
                    }
                    for it in swings
                ],
            }
        )
        return
    name = resolved.scenario.name
    total = month_money(planned.taxed_horizon.amount, currency)
    if not swings:
        say(f"Nothing in {name} has a range, so nothing moves its {total} in {months} months.")
        say(f"Next: centavo plan what-if {plan} --scenario {name} --swing 20")
        return
    widest = swings[0]
    say(
        f"{widest.key} moves {name} most: {drawn_text(widest.at_low)} to {drawn_text(widest.at_high)}"
        f" {currency} in {months} months, around {total}; simulated, one at a time."
    )
    print_table(_tornado_table(resolved, swings), form=form)
    unstated = sum(not it.stated for it in swings)
    moved = f", {unstated} without a range moved by {swing:g} %" if unstated else ""
    say(f"Coverage: {len(swings)} things that may vary, at their P5 and P95{moved}.")
    say(f"Next: centavo plan chart tornado {plan} --scenario {name} --out tornado.svg")


def _tornado_table(resolved: ResolvedScenario, swings: Sequence["Swing"]) -> Table:
    currency = resolved.plan.currency
    columns = [
        Column("what"), Column("from", numeric=True), Column("to", numeric=True),
        Column(f"{currency} at low", numeric=True), Column(f"{currency} at high", numeric=True),
        Column("spread", numeric=True), Column("range", drop=1),
    ]  # fmt: skip
    rows = [
        [
            it.key, _in_unit(resolved, it.key, it.low), _in_unit(resolved, it.key, it.high),
            drawn_text(it.at_low), drawn_text(it.at_high), drawn_text(it.width),
            "plan" if it.stated else "swing",
        ]
        for it in swings
    ]  # fmt: skip
    return Table(columns, rows)


def _in_unit(resolved: ResolvedScenario, key: str, value: float) -> str:
    unit = resolved.units.get(key)
    return f"{value:.6g}" if unit is None else f"{value / float(unit.scale):.6g} {unit.text}"


def _break_even(
    first: ResolvedScenario,
    second: ResolvedScenario,
    driver: str,
    *,
    bounds: tuple[str | None, str | None],
    as_json: bool,
    form: Format,
) -> None:
    from centavo.planning.what_if import break_evens, stated_value

    taken = max(stated_value(it, driver) for it in (first, second))
    low = _parsed(first, driver, bounds[0]) if bounds[0] else Decimal(0)
    high = _parsed(first, driver, bounds[1]) if bounds[1] else 10 * taken
    found = break_evens(first, second, key=driver, low=float(low), high=float(high))
    names = first.scenario.name, second.scenario.name
    currency = first.plan.currency
    if as_json:
        print_json(
            {
                "schema": "centavo.plan.break_even/1",
                "driver": driver,
                "scenarios": list(names),
                "from": _in_unit(first, driver, float(low)),
                "to": _in_unit(first, driver, float(high)),
                "break_evens": [
                    {
                        "value": _in_unit(first, driver, it.value),
                        "horizon": drawn_json(it.cost, currency),
                        "cheaper_below": it.cheaper_below,
                        "cheaper_above": it.cheaper_above,
                    }
                    for it in found
                ],
            }
        )
        return
    span = f"from {_in_unit(first, driver, float(low))} to {_in_unit(first, driver, float(high))}"
    if not found:
        say(f"{names[0]} and {names[1]} never cost the same for {driver} {span}.")
        return
    say(
        f"{names[0]} and {names[1]} cost the same at {driver}"
        f" {' and '.join(_in_unit(first, driver, it.value) for it in found)}."
    )
    print_table(_break_even_table(first, driver, found), form=form)
    say(f"Coverage: {driver} {span}, all else as planned, over {first.plan.months} months.")


def _break_even_table(
    resolved: ResolvedScenario, driver: str, found: Sequence["BreakEven"]
) -> Table:
    columns = [
        Column(driver), Column(f"{resolved.plan.currency} in {resolved.plan.months} months", numeric=True),
        Column("cheaper below"), Column("cheaper above"),
    ]  # fmt: skip
    rows = [
        [
            _in_unit(resolved, driver, it.value),
            drawn_text(it.cost),
            it.cheaper_below,
            it.cheaper_above,
        ]
        for it in found
    ]
    return Table(columns, rows)

"""``centavo plan chart``: breakdown, fan of the horizon, tornado and break-even as SVG files."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from centavo.cli.output import say
from centavo.cli.plan_opening import open_plan
from centavo.errors import ConfigError
from centavo.planning.estimate import estimate
from centavo.planning.resolved import resolve

if TYPE_CHECKING:
    from centavo.planning import Plan

__all__ = ["command"]

_KINDS = ("breakdown", "fan", "tornado", "break-even")


@click.command("chart")
@click.argument("kind", type=click.Choice(_KINDS))
@click.argument("plan", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True,
              help="SVG file to write.")  # fmt: skip
@click.option("--scenario", help="Which scenario [default: the first].")
@click.option("--driver", help="Driver of a break-even.")
@click.option("--between", nargs=2, metavar="A B", help="The scenarios of a break-even.")
@click.option("--to", "high", type=float, help="Largest value of the driver, in its own unit.")
@click.option("--width", type=click.IntRange(320, 2_000), default=720, show_default=True)
@click.pass_obj
def command(
    ledger: Path | None,
    kind: str,
    plan: Path,
    *,
    out: Path,
    scenario: str | None,
    driver: str | None,
    between: tuple[str, str] | None,
    high: float | None,
    width: int,
) -> None:
    """Draw a PLAN as SVG, with words for those who do not see it; it reads on light and dark."""
    from centavo.planning import plan_charts

    opened = open_plan(plan, ledger=ledger)
    resolved = resolve(opened, scenario)
    if kind == "breakdown":
        drawn = plan_charts.breakdown(estimate(resolved), width_px=width)
    elif kind == "fan":
        drawn = plan_charts.fan(resolved, width_px=width)
    elif kind == "tornado":
        drawn = plan_charts.tornado_of(resolved, width_px=width)
    else:
        drawn = _break_even(opened, driver, between, high=high, width=width)
    out.write_text(drawn, encoding="utf-8")
    say(f"Wrote {out}: {kind} of {resolved.plan.name}.")


def _break_even(
    plan: "Plan",
    driver: str | None,
    between: tuple[str, str] | None,
    *,
    high: float | None,
    width: int,
) -> str:
    from centavo.planning import plan_charts
    from centavo.planning.what_if import stated_value

    if driver is None or between is None:
        raise ConfigError(
            "a break-even is of one driver between two scenarios",
            hint="Give --driver NAME --between A B.",
        )
    first, second = (resolve(plan, name) for name in between)
    taken = max(float(stated_value(it, driver)) for it in (first, second))
    unit = first.units.get(driver)
    top = 10 * taken if high is None else high * (float(unit.scale) if unit else 1.0)
    return plan_charts.break_even(first, second, key=driver, high=top, width_px=width)

"""``centavo plan init``: a first plan file, from answers or from what the ledger says is running."""

import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, cast

import click

from centavo.cli.asking import dimension_list, where_pairs
from centavo.cli.output import amount_text, say
from centavo.errors import CentavoError, ConfigError, CurrencyError
from centavo.ledger.settings import Settings
from centavo.money import EXACT, currency_code
from centavo.period import parse_instant
from centavo.planning.measuring import BASES, Basis
from centavo.planning.plan_writing import WrittenComponent, WrittenPlan, slug
from centavo.wording import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from centavo.planning.from_ledger import LedgerPlan
    from centavo.planning.plan import PlannedRate

__all__ = ["command"]


@click.command("init")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), default=Path("plan.yaml"),
    show_default=True, help="File to write; an existing one is kept.",
)  # fmt: skip
@click.option("--name", help="Name of the plan.")
@click.option("--start", help="First month [default: the next one].")
@click.option("--months", type=click.IntRange(1, 120), help="Horizon [default: 12].")
@click.option("--currency", help="Of all totals [default: USD].")
@click.option(
    "--component", "components", multiple=True, metavar="NAME=QUANTITY@PRICE",
    help='"gpu=100 h@llamaflow-gpu-instance", or "gpu=100 h@1.20 USD/h".',
)  # fmt: skip
@click.option("--from-ledger", is_flag=True, help="Plan what the ledger says is running.")
@click.option("--month", help="Month to take from the ledger [default: the last complete one].")
@click.option("--over", type=click.IntRange(1, 36), default=1, show_default=True,
              help="Months to take the mean of, from --month on.")  # fmt: skip
@click.option("--by", default="application,service", show_default=True,
              help="Dimensions that make a component.")  # fmt: skip
@click.option("--basis", type=click.Choice(BASES), default="billed", show_default=True)
@click.option("--where", "filters", multiple=True, metavar="DIMENSION=PATTERN", help="Only these.")
@click.option("--top", type=click.IntRange(1, 1_000), default=40, show_default=True,
              help="Most components to take from the ledger.")  # fmt: skip
@click.pass_obj
def command(
    ledger: Path | None,
    *,
    out: Path,
    name: str | None,
    start: str | None,
    months: int | None,
    currency: str | None,
    components: tuple[str, ...],
    from_ledger: bool,
    month: str | None,
    over: int,
    by: str,
    basis: str,
    filters: tuple[str, ...],
    top: int,
) -> None:
    """Write a first plan: from answers, from --component options, or from the ledger.

    Without either it asks. What it writes is checked at once; change it in an editor afterwards.
    """
    if out.exists():
        raise ConfigError(f"{out} exists and is kept", hint="Name another file with --out.")
    today = datetime.now(UTC).date()  # noqa: TID251 -- the edge where the clock enters
    begins = parse_instant(start).date().replace(day=1) if start else _next_month(today)
    said: list[str] = []
    if from_ledger:
        from centavo.ledger.ledger import Ledger
        from centavo.planning.from_ledger import NewPlan, Running, plan_of_ledger

        running = Running(
            first=parse_instant(month).date().replace(day=1) if month else _last_month(today),
            months=over, by=dimension_list(by), basis=cast("Basis", basis),
            where=where_pairs(filters), top=top,
        )  # fmt: skip
        settings = Settings.load(Path.cwd(), ledger=ledger)
        made = plan_of_ledger(
            Ledger.open(settings.location), running,
            becomes=NewPlan(
                name or "What runs", begins, months or 12, currency.upper() if currency else None
            ),
            rate_of=_planned_rates(settings),
        )  # fmt: skip
        plan, said = made.plan, _left_out(made)
    elif components:
        plan = WrittenPlan(
            name or out.stem, begins, months or 12, (currency or "USD").upper(), today,
            [_component(text) for text in components],
        )  # fmt: skip
    else:
        plan = _asked(
            WrittenPlan(name or "", begins, months or 0, (currency or "").upper(), today, []),
            ledger,
        )
    out.write_text(plan.text(), encoding="utf-8")
    _checked(out, ledger)
    say(
        f"Wrote {out}: {counted(len(plan.components), 'component')}, {counted(plan.months, 'month')} from {plan.start:%Y-%m}."
    )
    say(*said, f"Next: centavo plan show {out}")


def _planned_rates(settings: Settings) -> "Callable[[str, str, date], PlannedRate]":
    """Return what gives the settings' rate of a day, as a plan states it."""
    from centavo.ledger.exchange import ExchangeRates
    from centavo.planning.plan import PlannedRate

    rates = ExchangeRates.load(settings.rates) if settings.rates else None

    def rate_of(base: str, to: str, day: date) -> PlannedRate:
        last = (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        found = None if rates is None else rates.find(base, to, last)
        if found is None:
            raise CurrencyError(
                f"no rate from {base} to {to} on {last}",
                hint="Name a file of dated rates under `[currency] rates` in centavo.toml.",
            )
        rate = EXACT.divide(found.multiply, found.divide)
        return PlannedRate(base, to, round(rate, 12), None, last, found.source)

    return rate_of


def _left_out(made: "LedgerPlan") -> list[str]:
    return [
        f"Left out: {amount_text(amount)} {currency} in groups beyond --top, or that cost nothing or"
        " less; `centavo plan actual` will show them as unplanned."
        for currency, amount in made.left_out.items()
        if amount
    ]


def _component(text: str) -> WrittenComponent:
    name, equals, rest = text.partition("=")
    quantity, at, price = rest.partition("@")
    if not (equals and at and name.strip() and quantity.strip() and price.strip()):
        raise ConfigError(
            f"{text!r} is not NAME=QUANTITY@PRICE",
            hint='For example --component "gpu=100 h@1.20 USD/h".',
        )
    return _written(name, quantity, price)


def _written(name: str, quantity: str, price: str) -> WrittenComponent:
    listed = not price.strip()[:1].isdigit()
    return WrittenComponent(
        name=slug(name),
        quantity=quantity.strip(),
        price=price.strip() if listed else None,
        amount=None if listed else price.strip(),
        source="" if listed else "stated when the plan was made",
    )


def _asked(stated: WrittenPlan, ledger: Path | None) -> WrittenPlan:
    """Return a plan of answers; what cannot be used is said at once, and asked again."""
    if not sys.stdin.isatty():
        raise ConfigError(
            "there is nobody to ask, and nothing to plan was given",
            hint='Give --component "gpu=100 h@1.20 USD/h", or --from-ledger.',
        )
    say(
        "A plan is of components: a quantity a month at a price. `centavo prices cloud` lists prices."
    )
    plan = replace(
        stated,
        name=stated.name or str(click.prompt("Name of the plan", default="Plan", err=True)),
        currency=stated.currency
        or click.prompt("Currency", default="USD", err=True, value_proc=_currency),
        months=stated.months
        or click.prompt("Months", default=12, type=click.IntRange(1, 120), err=True),
    )
    found: list[WrittenComponent] = []
    while label := str(
        click.prompt("Component (empty: done)", default="", show_default=False, err=True)
    ).strip():
        quantity = str(click.prompt("  Quantity a month, e.g. 100 h", err=True))
        price = str(
            click.prompt(f"  Price: 1.20 {plan.currency}/h, or an id of the list", err=True)
        )
        component = _written(label, quantity, price)
        trouble = _trouble(replace(plan, components=[*found, component]), ledger)
        if trouble is None:
            found.append(component)
        else:
            say(f"  Not taken: {_without_place(trouble.message)}", f"  {trouble.hint}")
    if not found:
        raise ConfigError("a plan without components is none", hint="Name at least one.")
    return replace(plan, components=found)


def _currency(text: str) -> str:
    try:
        return currency_code(text)
    except CurrencyError as error:
        raise click.BadParameter(error.message) from None


def _trouble(plan: WrittenPlan, ledger: Path | None) -> CentavoError | None:
    """Return what is wrong with a plan, read as if it were written."""
    from centavo.cli.plan_opening import open_plan

    with TemporaryDirectory() as folder:
        file = Path(folder) / "plan.yaml"
        file.write_text(plan.text(), encoding="utf-8")
        try:
            open_plan(file, ledger=ledger)
        except CentavoError as error:
            return error
    return None


def _without_place(message: str) -> str:
    """Return an error's message without the file that nobody has seen.

    >>> _without_place("/tmp/x/plan.yaml, line 7: gpu is in h")
    'gpu is in h'
    """
    _, place, rest = message.partition(", line ")
    return rest.partition(": ")[2] if place else message


def _checked(out: Path, ledger: Path | None) -> None:
    """Read what was written; a plan that cannot be used is not left behind."""
    from centavo.cli.plan_opening import open_plan

    try:
        open_plan(out, ledger=ledger)
    except CentavoError:
        out.unlink()
        raise


def _next_month(today: date) -> date:
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


def _last_month(today: date) -> date:
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)

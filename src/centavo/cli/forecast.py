"""``centavo forecast``: what will be spent, how sure that is, and what is known of it already."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast, get_args

import click

from centavo.cli.asking import dimension_list, where_pairs
from centavo.cli.completing import complete_dimensions
from centavo.cli.forecast_text import as_json as report_json
from centavo.cli.forecast_text import show_forecast
from centavo.cli.output import Format, print_json
from centavo.cli.rule_settings import rule_settings
from centavo.consumption.cost_cells import Basis, CostQuestion
from centavo.consumption.forecast.planned_changes import read_plans
from centavo.consumption.forecast.report import ForecastQuestion, KnownInputs, forecast_report
from centavo.errors import ConfigError
from centavo.ledger.allocation import Allocation
from centavo.ledger.exchange import ExchangeRates
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.money import currency_code
from centavo.period import parse_instant
from centavo.pricing import PriceBook
from centavo.pricing.shutdowns import Shutdowns

__all__ = ["command"]


@click.command("forecast")
@click.option(
    "--by",
    help="Dimensions, separated by commas: application,model,tag:env …",
    shell_complete=complete_dimensions,
)
@click.option(
    "--months",
    default=12,
    show_default=True,
    type=click.IntRange(0, 36),
    help="Whole months after the one that is under way.",
)
@click.option("--until", help="End of the forecast instead, excluded.")
@click.option(
    "--from",
    "start",
    help="As if nothing were known from this day on: hold it against what came.",
)
@click.option("--basis", type=click.Choice(get_args(Basis)), help="Evidence level of the history.")
@click.option("--currency", help="Show everything in this currency where rates are known.")
@click.option(
    "--where",
    "filters",
    multiple=True,
    metavar="DIMENSION=VALUE",
    help="Only these; an empty value: has none.",
)
@click.option("--top", type=click.IntRange(min=1), help="The N costliest scopes; the rest as one.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def command(
    ledger: Path | None,
    *,
    by: str | None,
    months: int,
    until: str | None,
    start: str | None,
    basis: str | None,
    currency: str | None,
    filters: tuple[str, ...],
    top: int | None,
    as_json: bool,
    form: str | None,
) -> None:
    """Forecast cost until month-end and for the months after, by any dimensions.

    Every total has a middle (P50) and an interval that eight in ten totals fall into (P10 to P90), with
    how often it held on this ledger's own past. The parts add up to the whole. Announced prices, ends
    of models and of commitments, your plans and holidays enter as facts, each with its effect.
    """
    settings = Settings.load(Path.cwd(), ledger=ledger)
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    shown_in = currency or settings.currency
    rules = rule_settings(settings, now=now)
    question = ForecastQuestion(
        cost=CostQuestion(
            by=dimension_list(by),
            where=where_pairs(filters),
            basis=cast("Basis | None", basis),
            currency=currency_code(shown_in) if shown_in else None,
        ),
        months=months,
        until=_day(until, "--until"),
        start=_day(start, "--from"),
    )
    known = KnownInputs(
        book=PriceBook.load(settings.prices),
        shutdowns=Shutdowns.load(settings.shutdowns),
        plans=read_plans(settings.plans) if settings.plans else (),
        holidays=rules.holidays,
        late_days=rules.late_days,
        allocation=Allocation.load(settings.rules),
        rates=ExchangeRates.load(settings.rates) if settings.rates and shown_in else None,
    )
    report = forecast_report(Ledger.open(settings.location), question, known, now=now)
    if as_json:
        print_json(report_json(report))
    else:
        show_forecast(report, top=top, form=cast("Format", form or "table"))


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    instant = parse_instant(text)
    if instant.hour or instant.minute or instant.second:
        raise ConfigError(f"{option} {text!r} is not a day", hint="Write 2027-01 or 2027-01-15.")
    return instant.date()

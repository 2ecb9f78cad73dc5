"""``centavo units``: unit economics of the requests in the ledger."""

from decimal import Decimal
from pathlib import Path
from typing import cast

import click

from centavo.cli.asking import dimension_list, where_pairs
from centavo.cli.completing import complete_dimensions
from centavo.cli.coverage_text import coverage_json, coverage_lines
from centavo.cli.output import (
    Column,
    Format,
    Table,
    count_text,
    print_json,
    print_table,
    say,
    share_text,
)
from centavo.cli.units_sums import show_sums, sums_json
from centavo.consumption.units import UnitQuestion, UnitReport, UnitRow, unit_economics
from centavo.consumption.usage_sums import usage_sums
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.money import Money
from centavo.period import Grain, Period, parse_instant
from centavo.wording import counted

__all__ = ["command"]


@click.command("units")
@click.option(
    "--by",
    default="model",
    show_default=True,
    help="Dimensions, separated by commas.",
    shell_complete=complete_dimensions,
)
@click.option("--grain", type=click.Choice(["day", "week", "month"]))
@click.option("--since", help="First day, e.g. 2026-03 or 2026-03-05.")
@click.option("--until", help="End, excluded.")
@click.option("--where", "filters", multiple=True, metavar="DIMENSION=VALUE", help="Only these.")
@click.option("--top", type=click.IntRange(min=1), help="Only the N costliest rows.")
@click.option("--sums", is_flag=True, help="Usage that is known only as sums over intervals.")
@click.option("--as-of", help="Answer from the ledger as it was at this time.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def command(
    ledger: Path | None,
    *,
    by: str,
    grain: str | None,
    since: str | None,
    until: str | None,
    filters: tuple[str, ...],
    top: int | None,
    sums: bool,
    as_of: str | None,
    as_json: bool,
    form: str | None,
) -> None:
    """Show what a request and a million tokens cost, cache hits, and what failures cost.

    Metered: prices of the day, from the requests in the ledger; not the bill. With --sums: what vendors'
    usage reports and traces tell of requests that nobody recorded one by one.
    """
    settings = Settings.load(Path.cwd(), ledger=ledger)
    question = UnitQuestion(
        by=dimension_list(by),
        grain=cast("Grain | None", grain),
        period=Period.parse(since, until),
        where=where_pairs(filters),
    )
    opened = Ledger.open(
        settings.location, as_of=parse_instant(as_of) if as_of else None, period=question.period
    )
    if sums:
        told = usage_sums(opened, question)
        if as_json:
            print_json(sums_json(told, top=top))
        else:
            show_sums(told, question, top=top, form=cast("Format", form or "table"))
        return
    report = unit_economics(opened, question)
    if as_json:
        print_json(_as_json(report, top))
        return
    requests = sum(row.counts["requests"] or 0 for row in report.rows)
    say(f"{counted(requests, 'request')}, metered at the prices of their day.")
    print_table(_table(report.rows[:top], question), form=cast("Format", form or "table"))
    if top and len(report.rows) > top:
        say(f"{len(report.rows) - top} more rows: leave out --top.")
    say(*coverage_lines(report.coverage), "Next: centavo costs --basis metered --by application")


def _table(rows: tuple[UnitRow, ...], question: UnitQuestion) -> Table:
    keys = [*(["period"] if question.grain else []), *question.by]
    columns = [
        *(Column(key.replace("_", " ")) for key in keys),
        Column("requests", numeric=True),
        Column("cost", numeric=True),
        Column("currency", drop=1),
        Column("per 1,000 requests", numeric=True, drop=2),
        Column("per 1M input", numeric=True, drop=3),
        Column("uncached", numeric=True, drop=7),
        Column("cache read", numeric=True, drop=7),
        Column("cache write", numeric=True, drop=8),
        Column("per 1M output", numeric=True, drop=3),
        Column("output/input", numeric=True, drop=7),
        Column("cache hits", numeric=True, drop=4),
        Column("errors", numeric=True, drop=5),
        Column("paid for errors", numeric=True, drop=6),
        Column("paid for retries", numeric=True, drop=8),
    ]
    shown = [[*(row.key[k] for k in keys), *_cells(row)] for row in rows]
    exact = [[*(row.key[k] for k in keys), *_exact(row)] for row in rows]
    return Table(columns, shown, exact)


def _cells(row: UnitRow) -> list[str | None]:
    per_1000 = None if row.cost_per_request is None else row.cost_per_request * 1000
    return [
        count_text(row.counts["requests"]),
        _money(row.cost),
        row.currency or None,
        _money(per_1000, 4),
        _money(row.cost_per_mtok_input, 4),
        _money(row.cost_per_mtok_uncached, 4),
        _money(row.cost_per_mtok_cache_read, 4),
        _money(row.cost_per_mtok_cache_write, 4),
        _money(row.cost_per_mtok_output, 4),
        None if row.output_per_input is None else f"{row.output_per_input:.3f}",
        None if row.cache_hit_share is None else share_text(row.cache_hit_share, Decimal(1)),
        None if row.error_share is None else share_text(row.error_share, Decimal(1)),
        _money(row.error_cost),
        _money(row.retry_cost),
    ]


def _exact(row: UnitRow) -> list[str | None]:
    per_1000 = None if row.cost_per_request is None else row.cost_per_request * 1000
    numbers = [
        per_1000, row.cost_per_mtok_input, row.cost_per_mtok_uncached, row.cost_per_mtok_cache_read,
        row.cost_per_mtok_cache_write, row.cost_per_mtok_output, row.output_per_input,
        row.cache_hit_share, row.error_share, row.error_cost, row.retry_cost,
    ]  # fmt: skip
    texts = [_plain(number) for number in numbers]
    return [str(row.counts["requests"]), _plain(row.cost), row.currency or None, *texts]


def _money(amount: Decimal | None, decimals: int = 2) -> str | None:
    from centavo.cli.output import amount_text

    return amount_text(amount, decimals)


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else format(round(number, 12).normalize() + 0, "f")


def _as_json(report: UnitReport, top: int | None) -> dict[str, object]:
    def money(amount: Decimal | None, currency: str) -> dict[str, str] | None:
        return None if amount is None else Money(round(amount, 12), currency).as_json()

    return {
        "schema": "centavo.units/1",
        "grade": "metered",
        "rows": [
            {
                "key": dict(row.key),
                **row.counts,
                "cost": money(row.cost, row.currency),
                "cost_per_request": money(row.cost_per_request, row.currency),
                "cost_per_1m_input_tokens": money(row.cost_per_mtok_input, row.currency),
                "cost_per_1m_uncached_input_tokens": money(
                    row.cost_per_mtok_uncached, row.currency
                ),
                "cost_per_1m_cache_read_tokens": money(row.cost_per_mtok_cache_read, row.currency),
                "cost_per_1m_cache_write_tokens": money(
                    row.cost_per_mtok_cache_write, row.currency
                ),
                "cost_per_1m_output_tokens": money(row.cost_per_mtok_output, row.currency),
                "output_per_input": _plain(row.output_per_input),
                "cache_hit_share": _plain(row.cache_hit_share),
                "error_share": _plain(row.error_share),
                "error_cost": money(row.error_cost, row.currency),
                "retry_cost": money(row.retry_cost, row.currency),
            }
            for row in report.rows[:top]
        ],
        "coverage": coverage_json(report.coverage),
    }

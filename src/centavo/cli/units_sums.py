"""``centavo units --sums``: usage that meters and vendors tell only as sums over intervals."""

from collections.abc import Sequence
from decimal import Decimal

from centavo.cli.coverage_text import coverage_json, coverage_lines
from centavo.cli.output import (
    Column,
    Format,
    Table,
    amount_text,
    count_text,
    print_table,
    say,
)
from centavo.consumption.units import UnitQuestion
from centavo.consumption.usage_sums import SumsReport, UsageSum
from centavo.money import Money

__all__ = ["show_sums", "sums_json"]

_LEVELS = {"vendor_reported": "vendor reported", "metered": "metered"}


def show_sums(
    report: SumsReport, question: UnitQuestion, *, top: int | None, form: Format = "table"
) -> None:
    """Print the answer, the table, the coverage line and the next command."""
    requests = sum(row.requests or 0 for row in report.rows)
    intervals = sum(row.intervals for row in report.rows)
    sources = sorted({row.source for row in report.rows})
    say(
        f"{requests:,} requests in {intervals:,} intervals, told as sums by {', '.join(sources)}; in no cost "
        "of `centavo costs`."
        if report.rows
        else "No usage in sums in that period and selection."
    )
    if len(sources) > 1:
        say("Two meters may have seen the same calls: their sums are not added up.")
    if report.rows:
        print_table(_table(report.rows[:top], question), form=form)
    if top and len(report.rows) > top:
        say(f"{len(report.rows) - top} more rows: leave out --top.")
    without = sum(row.intervals_without_cost for row in report.rows)
    if without:
        say(f"{without:,} intervals state no cost: it is unknown, not zero.")
    say(*coverage_lines(report.coverage), "Next: centavo reconcile")


def sums_json(report: SumsReport, *, top: int | None) -> dict[str, object]:
    """Return the report as JSON values."""
    return {
        "schema": "centavo.usage-sums/1",
        "rows": [
            {
                "key": dict(row.key),
                "source": row.source,
                "grade": row.basis,
                "operation": row.operation,
                "intervals": row.intervals,
                "since": f"{row.first_start.isoformat()}Z",
                "until": f"{row.last_end.isoformat()}Z",
                "requests": row.requests,
                "error_requests": row.error_requests,
                "cache_read_tokens": _plain(row.cache_read_tokens),
                "input_tokens": dict(zip(_BOUNDS, map(_plain, row.input_tokens), strict=True)),
                "output_tokens": dict(zip(_BOUNDS, map(_plain, row.output_tokens), strict=True)),
                "reported_cost": None
                if row.reported_cost is None
                else Money(row.reported_cost, row.currency).as_json(),
                "cost_per_request": None
                if row.cost_per_request is None
                else Money(round(row.cost_per_request, 12), row.currency).as_json(),
                "intervals_without_cost": row.intervals_without_cost,
            }
            for row in report.rows[:top]
        ],
        "coverage": coverage_json(report.coverage),
    }


_BOUNDS = ("at_least", "at_most")


def _table(rows: Sequence[UsageSum], question: UnitQuestion) -> Table:
    keys = [*(["period"] if question.grain else []), *question.by]
    columns = [
        *(Column(key.replace("_", " ")) for key in keys),
        Column("told by"),
        Column("level", drop=5),
        Column("operation", drop=4),
        Column("requests", numeric=True),
        Column("input tokens", numeric=True),
        Column("output tokens", numeric=True, drop=1),
        Column("cache read", numeric=True, drop=6),
        Column("errors", numeric=True, drop=7),
        Column("stated cost", numeric=True, drop=2),
        Column("currency", drop=3),
        Column("per 1,000 requests", numeric=True, drop=6),
    ]
    shown = [[*(row.key[k] for k in keys), *_cells(row)] for row in rows]
    exact = [[*(row.key[k] for k in keys), *_exact(row)] for row in rows]
    return Table(columns, shown, exact)


def _cells(row: UsageSum) -> list[str | None]:
    per_1000 = None if row.cost_per_request is None else row.cost_per_request * 1000
    return [
        row.source,
        _LEVELS[row.basis],
        row.operation,
        None if row.requests is None else count_text(row.requests),
        _within(row.input_tokens),
        _within(row.output_tokens),
        None if row.cache_read_tokens is None else _tokens(row.cache_read_tokens),
        None if row.error_requests is None else count_text(row.error_requests),
        amount_text(row.reported_cost, 2),
        row.currency or None,
        amount_text(per_1000, 4),
    ]


def _exact(row: UsageSum) -> list[str | None]:
    per_1000 = None if row.cost_per_request is None else row.cost_per_request * 1000
    return [
        row.source,
        row.basis,
        row.operation,
        None if row.requests is None else str(row.requests),
        "..".join(_plain(bound) or "" for bound in _distinct(row.input_tokens)),
        "..".join(_plain(bound) or "" for bound in _distinct(row.output_tokens)),
        _plain(row.cache_read_tokens),
        None if row.error_requests is None else str(row.error_requests),
        _plain(row.reported_cost),
        row.currency or None,
        _plain(per_1000),
    ]


def _within(bounds: tuple[Decimal | None, Decimal | None]) -> str | None:
    """Return a number of tokens, or between which two it lies."""
    low, high = bounds
    if low is None:
        return None
    if high is None:
        return f"from {_tokens(low)}"
    return " to ".join(_tokens(bound) for bound in _distinct(bounds) if bound is not None)


def _distinct(bounds: tuple[Decimal | None, Decimal | None]) -> tuple[Decimal | None, ...]:
    return bounds[:1] if bounds[0] == bounds[1] else bounds


def _tokens(count: Decimal) -> str:
    return f"{round(count):,}"


def _plain(number: Decimal | None) -> str | None:
    return None if number is None else format(round(number, 12).normalize() + 0, "f")

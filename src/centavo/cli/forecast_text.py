"""A forecast for people and machines: the answer, the table, the facts, and how sure it is."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from centavo.cli.coverage_text import coverage_json, coverage_lines
from centavo.cli.output import Column, Format, Table, amount_text, decimals_for, print_table, say
from centavo.cli.price_texts import money_text, signed_text
from centavo.consumption.forecast.known_future import Fact
from centavo.consumption.forecast.report import ForecastReport
from centavo.consumption.forecast.scope_forecast import Outlook, ScopeForecast, SpanForecast
from centavo.money import Money

__all__ = ["as_json", "show_forecast"]

_MOST_FACTS = 12
_OLD_DAYS = 7


def show_forecast(report: ForecastReport, *, top: int | None, form: Format) -> None:
    """Print the answer, a table for each currency, what is known of the future, and coverage."""
    for outlook in report.outlooks:
        say(*_answer(outlook))
        by_scope = bool(outlook.parts)
        print_table(_scopes(outlook, top) if by_scope else _months(outlook), form=form)
        say(*_facts(outlook))
    say(*_rests_on(report), *report.notes, *coverage_lines(report.coverage))
    say(_next_step(report))


def _answer(outlook: Outlook) -> list[str]:
    whole = outlook.whole
    month = whole.months[0]
    lines = [
        f"{month.first:%B %Y} will {_verb(month)} {money_text(month.p50)}, 80 % between "
        f"{amount_text(month.p10.amount, _decimals(month))} and {money_text(month.p90)} "
        f"(estimated); {_measured(whole)}."
    ]
    if len(whole.months) > 1:
        total = whole.total
        lines.append(
            f"From {total.first} until {total.end}: {money_text(total.p50)}, 80 % between "
            f"{amount_text(total.p10.amount, _decimals(total))} and {money_text(total.p90)}."
        )
    if whole.method == "run-rate":
        lines.append(
            f"Only {whole.history_days} complete day{'s are' if whole.history_days > 1 else ' is'} "
            "known: the mean day goes on (run-rate), without weekdays or growth."
        )
    return lines


def _verb(month: SpanForecast) -> str:
    return "end at" if month.end.day == 1 else f"reach, until {month.end},"


def _measured(whole: ScopeForecast) -> str:
    if whole.coverage is None:
        return "coverage is not measured: no past forecast to hold it against"
    return (
        f"measured coverage {100 * whole.coverage:.0f} % of {whole.past_forecasts} past forecasts of "
        "30 days"
    )


def _months(outlook: Outlook) -> Table:
    unit = outlook.currency
    columns = [
        Column("month"),
        Column(f"known {unit}", numeric=True, drop=1),
        Column("P10", numeric=True),
        Column(f"P50 {unit}", numeric=True),
        Column("P90", numeric=True),
    ]
    months, decimals = outlook.whole.months, _decimals(outlook.whole.months[0])
    return Table(
        columns,
        [[f"{m.first:%Y-%m}", *_texts(m, decimals)] for m in months],
        [[f"{m.first:%Y-%m}", *_exact(m)] for m in months],
    )


def _scopes(outlook: Outlook, top: int | None) -> Table:
    unit = outlook.currency
    names = [name for name, _ in outlook.parts[0].scope]
    month = f"{outlook.whole.months[0].first:%Y-%m}"
    columns = [
        *(Column(name.replace("_", " ")) for name in names),
        Column("known", numeric=True, drop=3),
        Column("P10", numeric=True, drop=1),
        Column(f"{month} {unit}", numeric=True),
        Column("P90", numeric=True, drop=1),
        Column(f"until {outlook.whole.total.end}", numeric=True),
        Column("covered", numeric=True, drop=4),
        Column("method", drop=5),
    ]
    shown = outlook.parts[: top or len(outlook.parts)]
    rest = outlook.parts[len(shown) :]
    decimals = _decimals(outlook.whole.months[0])
    rows = [[*_values(part), *_cells(part, decimals)] for part in shown]
    exact = [[*_values(part), *_cells(part, None)] for part in shown]
    if rest:
        rows.append(_others(rest, len(names), decimals))
        exact.append(_others(rest, len(names), None))
    rows.append(["all together", *[""] * (len(names) - 1), *_cells(outlook.whole, decimals)])
    return Table(columns, rows, exact)


def _values(part: ScopeForecast) -> list[str | None]:
    return [value for _, value in part.scope]


def _cells(part: ScopeForecast, decimals: int | None) -> list[str | None]:
    """Return a scope's cells; without decimals every digit, for machines."""
    month, total = part.months[0], part.total.p50
    texts = _exact(month) if decimals is None else _texts(month, decimals)
    covered = None if part.coverage is None else f"{100 * part.coverage:.0f} %"
    return [*texts, _amount(total, decimals), covered, part.method]


def _others(rest: Sequence[ScopeForecast], names: int, decimals: int | None) -> list[str | None]:
    """Return the row of the scopes that are not shown: their middles add up, their intervals do not."""

    def added(amounts: Sequence[Money]) -> str | None:
        total = amounts[0]
        for money in amounts[1:]:
            total = total + money
        return _amount(total, decimals)

    known = added([part.months[0].known for part in rest])
    middle = added([part.months[0].p50 for part in rest])
    whole = added([part.total.p50 for part in rest])
    label = f"{len(rest):,} others"
    return [label, *[None] * (names - 1), known, None, middle, None, whole, None, None]


def _amount(money: Money, decimals: int | None) -> str | None:
    return money.as_json()["amount"] if decimals is None else amount_text(money.amount, decimals)


def _texts(span: SpanForecast, decimals: int) -> list[str | None]:
    return [amount_text(m.amount, decimals) for m in (span.known, span.p10, span.p50, span.p90)]


def _exact(span: SpanForecast) -> list[str | None]:
    return [m.as_json()["amount"] for m in (span.known, span.p10, span.p50, span.p90)]


def _decimals(span: SpanForecast) -> int:
    return decimals_for(span.p50.amount)


def _facts(outlook: Outlook) -> list[str]:
    if not outlook.facts:
        return [
            "Known of the future: nothing that changes the forecast (`centavo explain forecast`)."
        ]
    merged = _merged(outlook.facts)
    ranked = sorted(merged, key=lambda fact: -abs(fact.effect.amount) if fact.effect else 0)
    shown = sorted(ranked[:_MOST_FACTS], key=lambda fact: fact.day)
    decimals = _decimals(outlook.whole.total)
    lines = ["Known of the future, in these figures:"]
    lines += [_fact_line(fact, decimals) for fact in shown]
    if len(merged) > len(shown):
        lines.append(f"  and {len(merged) - len(shown)} smaller ones (--json has all)")
    return lines


def _merged(facts: Sequence[Fact]) -> list[Fact]:
    """Return the facts, what returns each month said once."""
    found: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        key = (
            fact.kind,
            str(fact.text) if fact.kind == "monthly charge" else f"{fact.text} {fact.day}",
        )
        known = found.get(key)
        if known is None or known.effect is None or fact.effect is None:
            found[key] = fact if known is None else known
        else:
            found[key] = replace(known, effect=known.effect + fact.effect)
    return list(found.values())


def _fact_line(fact: Fact, decimals: int) -> str:
    if fact.effect is None:
        note = f" ({fact.note})" if fact.note else ""
        return f"  {fact.day}  effect not known: {fact.kind}, {fact.text}{note}"
    effect = f"{signed_text(fact.effect.amount, decimals)} {fact.effect.currency}"
    return f"  {fact.day}  {effect}: {fact.kind}, {fact.text}"


def _rests_on(report: ForecastReport) -> list[str]:
    first = report.outlooks[0]
    complete = report.complete
    evidence = report.basis.replace("_", " ")
    lines = [
        f"Estimated from {first.whole.history_days:,} complete days of {evidence} cost until "
        f"{complete.until - timedelta(days=1)}"
        + (
            f"; {report.gap_days} days without any row are gaps, not zeros"
            if report.gap_days
            else ""
        )
        + "."
    ]
    late = (complete.seen_until - complete.until).days
    if late > 0:
        lines.append(
            f"{late} newer day{'s are' if late > 1 else ' is'} still arriving: forecast, and never "
            "below what has arrived."
        )
    if first.parts:
        lines.append(
            "Parts add up to the whole: minimum-trace reconciliation, variances of past errors; P10 and "
            "P90 do not add up."
        )
    return lines


def _next_step(report: ForecastReport) -> str:
    if not report.question.cost.by:
        return "Next: centavo forecast --by application"
    return "Next: centavo why, for what moved it; centavo prices calendar, for what is announced"


def as_json(report: ForecastReport) -> dict[str, object]:
    """Return the report as JSON, money as text."""
    return {
        "schema": "centavo.forecast/1",
        "basis": report.basis,
        "complete_until": report.complete.until.isoformat(),
        "seen_until": report.complete.seen_until.isoformat(),
        "until": report.until.isoformat(),
        "gap_days": report.gap_days,
        "forecasts": [_outlook_json(outlook) for outlook in report.outlooks],
        "notes": list(report.notes),
        "coverage": coverage_json(report.coverage),
        "snapshots": report.snapshots,
    }


def _outlook_json(outlook: Outlook) -> dict[str, object]:
    return {
        "currency": outlook.currency,
        "whole": _scope_json(outlook.whole),
        "parts": [_scope_json(part) for part in outlook.parts],
        "days": [
            {
                "day": day.day.isoformat(),
                "p10": day.p10.as_json(),
                "p50": day.p50.as_json(),
                "p90": day.p90.as_json(),
            }
            for day in outlook.days
        ],
        "facts": [_fact_json(fact) for fact in outlook.facts],
    }


def _scope_json(part: ScopeForecast) -> dict[str, object]:
    return {
        "scope": dict(part.scope),
        "method": part.method,
        "history_days": part.history_days,
        "interval": "80 %",
        "measured_coverage": None if part.coverage is None else round(part.coverage, 4),
        "past_forecasts": part.past_forecasts,
        "months": [_span_json(month) for month in part.months],
        "total": _span_json(part.total),
    }


def _span_json(span: SpanForecast) -> dict[str, object]:
    return {
        "first": _text(span.first),
        "end": _text(span.end),
        "known": span.known.as_json(),
        "p10": span.p10.as_json(),
        "p50": span.p50.as_json(),
        "p90": span.p90.as_json(),
    }


def _fact_json(fact: Fact) -> dict[str, object]:
    return {
        "kind": fact.kind,
        "day": _text(fact.day),
        "until": _text(fact.until),
        "text": str(fact.text),
        "effect": fact.effect.as_json() if fact.effect else None,
        "source": fact.source,
        "note": fact.note,
    }


def _text(day: date | None) -> str | None:
    return day.isoformat() if day else None

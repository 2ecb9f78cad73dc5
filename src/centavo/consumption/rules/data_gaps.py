"""Data gap: days or hours that are missing from a bill or a log, which are not zero.

What it finds:
    Days without any row in a bill that has one nearly every day, and hours without any request in a
    log that always has some at that hour of the week.

Why it costs:
    A missing day looks like a saving, lowers every mean and forecast, and hides what happened in it.

How it is measured:
    Bills: an account with usage on at least `present_share` of the days of at least `least_days`; runs
    of days without a row. Logs: runs of empty hours in which `usual_requests` would have come, by the
    mean of the same hours of the week (for independent requests an empty run is then rarer than one
    in a million). Needs two weeks. Money = what such days or hours usually cost, as an estimate: it is
    not known.

When it is wrong:
    The company was closed, or the provider was down: then it is a zero, and should be noted.

Example:
    google 00SYNT-HETIC0: 3 days from 2026-08-11 are missing; such days cost BRL 2,410 in all.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

from centavo.consumption.rules.asking import ask
from centavo.consumption.spend_tables import spend_tables
from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.question import Answer, Row, amount_of, day_of, days_from, subject_of, text_of
from centavo.ledger.ledger import Ledger
from centavo.message import N_, figure, message, numbered
from centavo.money import Money
from centavo.period import Period

__all__ = ["RULE"]

_TO_DO = N_(
    "Fetch the export of these days again; until then read means and forecasts without them."
)


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each account whose bill has a gap, and one for the log."""
    held = spend_tables(ledger, period, settings)
    least = int(settings.limits["least_days"])
    if held.days < least:
        return Blind(f"less than {least} days of history")
    bills = ask(
        ledger, "data_gaps", least_days=least, present_share=settings.limits["present_share"]
    )
    calls = ask(ledger, "call_gaps", usual_requests=settings.limits["usual_requests"])
    return [*_of_bills(bills), *_of_calls(calls, settings)]


def _of_bills(answer: Answer) -> Iterable[Finding]:
    places: dict[tuple[str, ...], list[Row]] = {}
    for row in answer.rows:
        places.setdefault(tuple(text_of(row, n) for n in ("provider", "account")), []).append(row)
    for (provider, account), rows in places.items():
        days = sum((amount_of(row, "missing_days") for row in rows), Decimal(0))
        cost = sum(
            (amount_of(r, "missing_days") * amount_of(r, "cost_per_day") for r in rows), Decimal(0)
        )
        first, last = day_of(rows[0], "first_missing"), day_of(rows[-1], "last_missing")
        yield Finding(
            code=RULE.code,
            subject=subject_of(rows[0], ("provider", "account")),
            sentence=numbered(
                "{place}: {number} day from {date} is missing from the bill.",
                "{place}: {number} days from {date} are missing from the bill.",
                int(days),
                place=f"{provider} {account}",
                date=first,
            ),
            period=days_from(first, last + timedelta(days=1)),
            per_30d=Money(round(cost, 12), text_of(rows[0], "currency")),
            grade="estimated",
            money_kind="exposed",
            evidence=answer.evidence(rows),
            to_do=_TO_DO,
            wrong_when=RULE.doc.section("When it is wrong"),
        )


def _of_calls(answer: Answer, settings: RuleSettings) -> Iterable[Finding]:
    if not answer.rows:
        return
    first = cast("datetime", answer.rows[0]["first_missing"])
    last = cast("datetime", answer.rows[-1]["last_missing"])
    hours = sum((amount_of(row, "missing_hours") for row in answer.rows), Decimal(0))
    requests = sum((amount_of(row, "usual_requests") for row in answer.rows), Decimal(0))
    cost = sum((amount_of(row, "usual_cost") for row in answer.rows), Decimal(0))
    yield Finding(
        code=RULE.code,
        subject={"log": "requests"},
        sentence=message(
            "{hours} hours from {date} {time} UTC are missing from the log, in which about {count} requests "
            "usually come.",
            hours=hours,
            date=first.date(),
            time=f"{first:%H:%M}",
            count=figure(requests),
        ),
        period=days_from(first.date(), last.date() + timedelta(days=1)),
        per_30d=Money(round(cost, 12), settings.floor_currency),
        grade="estimated",
        money_kind="exposed",
        evidence=answer.evidence(),
        to_do=_TO_DO,
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule(
    "CON118",
    "data_gaps",
    find,
    __doc__ or "",
    (
        Threshold("least_days", Decimal(14), "days", "Each weekday twice."),
        Threshold(
            "present_share",
            Decimal("0.80"),
            "share of days with rows",
            "Below it, days without usage are usual: five of seven weekdays are 71 %.",
        ),
        Threshold(
            "usual_requests",
            Decimal(30),
            "requests",
            "A Poisson count of mean 30 is zero once in 10^13; traffic in bursts of ten leaves one in 20.",
        ),
    ),
)

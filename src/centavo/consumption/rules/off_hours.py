"""Off-hours consumption: an application for people at work spends when nobody works.

What it finds:
    An application that people use at work (it is quiet in the daytime of weekends and holidays, and
    no customer asks) and that still spends much when nobody works.

Why it costs:
    Nobody reads those answers before morning: pollers, retries and jobs left on by a tool that was
    meant for people. They can be off, or run as a batch at half the price.

How it is measured:
    Requests by hour in the `[consumption] time_zone` (default America/Sao_Paulo); office hours are
    08 to 20 on weekdays that are no public holiday (`holidays`, default BR). A business application
    has `office_share` of its requests in office hours; an hour of the daytime without work has at
    most `rest_share` of the requests of an office hour, and fewer than one request in a hundred names
    a customer. Reported
    when `off_share` of its cost is outside office hours. Money = that cost, of 30 days.

When it is wrong:
    Shifts, colleagues in other time zones, month-end closings.

Example:
    assistente-codigo (production): 31 % of its cost falls outside office hours.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from centavo.consumption.rules.asking import ask
from centavo.consumption.spend_tables import spend_tables
from centavo.consumption.working_hours import WorkingHours
from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.pace import per_30_days
from centavo.findings.question import (
    Answer,
    Row,
    amount_of,
    by_series,
    days_from,
    subject_of,
    text_of,
)
from centavo.ledger.ledger import Ledger
from centavo.message import N_, message, percent
from centavo.period import Period

__all__ = ["RULE"]

_KEYS = ("project", "application", "environment", "currency")
_MOST_CUSTOMERS = Decimal("0.01")
_LEAST_DAYS = 14


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each business application that spends off hours."""
    if not spend_tables(ledger, period, settings).calls:
        return Blind("the ledger holds no requests")
    answer = ask(ledger, "off_hours")
    hours = WorkingHours(settings.time_zone, settings.holidays, *settings.office_hours)
    is_work: dict[object, bool] = {}
    for row in answer.rows:
        if row["hour"] not in is_work:
            is_work[row["hour"]] = hours.is_work(_hour(row))
    found: list[Finding] = []
    for _, rows in by_series(answer, _KEYS):
        at_work = [row for row in rows if is_work[row["hour"]]]
        most = _total(at_work, "requests") >= settings.limits["office_share"] * _total(
            rows, "requests"
        )
        if not most or not _is_business(rows, hours, is_work, settings.limits["rest_share"]):
            continue
        cost, off = _total(rows, "cost"), _total(rows, "cost") - _total(at_work, "cost")
        if cost and off >= settings.limits["off_share"] * cost:
            outside = [row for row in rows if not is_work[row["hour"]]]
            found.append(_finding(answer, rows, outside, share=off / cost))
    return found


def _is_business(
    rows: list[Row], hours: WorkingHours, is_work: dict[object, bool], rest_share: Decimal
) -> bool:
    """Say whether the daytime of days without work is quiet, and no customer asks."""
    first, last = _hour(rows[0]), _hour(rows[-1])
    if (last - first).days < _LEAST_DAYS:
        return False
    if _total(rows, "customer_requests") > _MOST_CUSTOMERS * _total(rows, "requests"):
        return False
    # Hours without a request have no row: they are counted from the calendar.
    length = int((last - first).total_seconds()) // 3600 + 1
    moments = [first + timedelta(hours=n) for n in range(length)]
    daytime = [hours.is_work(moment) for moment in moments if hours.is_daytime(moment)]
    worked, rested = sum(daytime), len(daytime) - sum(daytime)
    at_work = _total([row for row in rows if is_work[row["hour"]]], "requests")
    at_rest = _total(
        [r for r in rows if not is_work[r["hour"]] and hours.is_daytime(_hour(r))], "requests"
    )
    return worked > 0 and rested > 0 and at_rest / rested <= rest_share * at_work / worked


def _finding(answer: Answer, rows: list[Row], outside: list[Row], *, share: Decimal) -> Finding:
    head = rows[0]
    first, until = _hour(head).date(), _hour(rows[-1]).date() + timedelta(days=1)
    name = text_of(head, "application") or text_of(head, "project")
    environment = text_of(head, "environment")
    return Finding(
        code=RULE.code,
        subject=subject_of(head, _KEYS[:-1]),
        sentence=message(
            "{place}: {share} of its cost falls outside office hours, though people at work use it.",
            place=f"{name} ({environment})" if environment else name,
            share=percent(share),
        ),
        period=days_from(first, until),
        per_30d=per_30_days(
            _total(outside, "cost"), (until - first).days, text_of(head, "currency")
        ),
        grade="metered",
        share=share,
        evidence=answer.evidence(sorted(outside, key=lambda row: -amount_of(row, "cost"))),
        to_do=N_(
            "Find what calls at night: schedule it, turn it off after work, or send it as a batch."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


def _total(rows: list[Row], name: str) -> Decimal:
    return sum((amount_of(row, name) for row in rows), Decimal(0))


def _hour(row: Row) -> datetime:
    hour = row["hour"]
    return hour if isinstance(hour, datetime) else datetime.min  # noqa: DTZ901 -- the column is never NULL


RULE = Rule(
    "CON116",
    "off_hours",
    find,
    __doc__ or "",
    (
        Threshold(
            "office_share",
            Decimal("0.50"),
            "share of requests",
            "Office hours are 60 of the 168 hours of a week (36 %): half of all requests in them is "
            "more than an even spread; less is a job.",
        ),
        Threshold(
            "rest_share",
            Decimal("0.40"),
            "requests of a daytime hour without work, by those of an office hour",
            "House value: shops and consumers keep 60 % and more on weekends, offices under 20 %.",
        ),
        Threshold(
            "off_share",
            Decimal("0.20"),
            "share of cost",
            "House value: evenings of people who stay late are a tenth.",
        ),
    ),
)

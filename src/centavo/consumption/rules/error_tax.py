"""Error and retry tax: money for requests that failed, or that were sent again after their answer.

What it finds:
    An endpoint that pays for failed requests, or sends a request again although the first one was
    answered and paid (a client that gives up too early, a loop, a queue that delivers twice).

Why it costs:
    The provider bills what it computed, whether anybody still waited for it. A client with a time
    limit below the model's answer time pays for every try.

How it is measured:
    Per endpoint and day: cost of requests that failed, plus cost of further attempts at the same
    model whose first attempt was paid. When `episode_share` of it falls into seven days it is one
    episode and the money is what it cost; otherwise the money is that of 30 days. Reported when it
    is `tax_share` of the endpoint's cost in that time.

When it is wrong:
    A first attempt that is logged as answered may have been cut off on its way. Attempts that the
    log does not number or link are not seen.

Example:
    busca-semantica /v1/resposta sent 1 request 1,200 times within 1 day: USD 149.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from centavo.consumption.dimensions import filter_sql
from centavo.consumption.rules.asking import ask
from centavo.consumption.spend_tables import spend_tables
from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.pace import per_30_days
from centavo.findings.question import (
    Answer,
    Row,
    amount_of,
    by_series,
    day_of,
    days_from,
    subject_of,
    text_of,
)
from centavo.ledger.ledger import Ledger
from centavo.message import N_, message, numbered, percent
from centavo.period import Period

__all__ = ["RULE"]

_KEYS = ("project", "application", "environment", "endpoint", "currency")
_EPISODE_DAYS = 7


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each endpoint that pays for failures or repeats."""
    if not spend_tables(ledger, period, settings).calls:
        return Blind("the ledger holds no requests")
    answer = ask(ledger, "error_tax", filter=filter_sql(period, {}, at="started_at"))
    found: list[Finding] = []
    for _, rows in by_series(answer, _KEYS):
        chosen = _episode(rows, settings.limits["episode_share"])
        paid = sum((amount_of(row, "cost") for row in chosen), Decimal(0))
        tax = sum((_tax(row) for row in chosen), Decimal(0))
        if tax and tax >= settings.limits["tax_share"] * paid:
            found.append(_finding(answer, chosen, is_episode=chosen is not rows))
    return found


def _tax(row: Row) -> Decimal:
    return amount_of(row, "failed_cost") + amount_of(row, "repeat_cost")


def _episode(rows: list[Row], share: Decimal) -> list[Row]:
    """Return the rows of the seven days that hold most of the tax, or all rows."""
    total = sum((_tax(row) for row in rows), Decimal(0))
    if not total:
        return rows

    def within(first: date) -> list[Row]:
        return [r for r in rows if first <= day_of(r) < first + timedelta(days=_EPISODE_DAYS)]

    starts = sorted({day_of(row) for row in rows if _tax(row)})
    start = max(starts, key=lambda day: sum((_tax(row) for row in within(day)), Decimal(0)))
    chosen = within(start)
    if sum((_tax(row) for row in chosen), Decimal(0)) < share * total:
        return rows
    last = max(day_of(row) for row in chosen if _tax(row) >= total / 100)
    return [row for row in chosen if day_of(row) <= last]


def _finding(answer: Answer, rows: list[Row], *, is_episode: bool) -> Finding:
    head = rows[0]
    first, until = day_of(head), max(map(day_of, rows)) + timedelta(days=1)
    days = (until - first).days

    def total(name: str) -> Decimal:
        return sum((amount_of(row, name) for row in rows), Decimal(0))

    tax = sum((_tax(row) for row in rows), Decimal(0))
    where = " ".join(
        filter(
            None,
            (text_of(head, "application") or text_of(head, "project"), text_of(head, "endpoint")),
        )
    )
    place = where or message("Requests")
    span = (
        numbered("within {number} day", "within {number} days", days)
        if is_episode
        else numbered("in {number} day", "in {number} days", days)
    )
    share = percent(tax / total("cost"))
    if total("repeat_cost") >= total("failed_cost"):
        again, often = int(total("repeated_originals")), int(total("repeated_requests"))
        said = message(
            "{place} sent {originals} again, {repeats} {span}: {share} of its cost in that time.",
            place=place,
            originals=numbered("{number} answered request", "{number} answered requests", again),
            repeats=numbered("{number} time", "{number} times", often),
            span=span,
            share=share,
        )
    else:
        failures = int(total("failed_requests"))
        said = message(
            "{place} paid for {failures} {span}: {share} of its cost in that time.",
            place=place,
            failures=numbered("{number} failed request", "{number} failed requests", failures),
            span=span,
            share=share,
        )
    shown = sorted(rows, key=_tax, reverse=True)
    return Finding(
        code=RULE.code,
        subject=subject_of(head, _KEYS[:-1]),
        sentence=said,
        period=days_from(first, until),
        per_30d=per_30_days(tax, 0 if is_episode else days, text_of(head, "currency")),
        grade="metered",
        share=tax / total("cost"),
        evidence=answer.evidence(row for row in shown if _tax(row)),
        to_do=N_(
            "Raise the client's time limit above the answer time, cap attempts, and let waits grow."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule(
    "CON107",
    "error_tax",
    find,
    __doc__ or "",
    (
        Threshold(
            "tax_share",
            Decimal("0.02"),
            "share of the endpoint's cost",
            "House value: providers promise 99.5 to 99.9 % of requests; two in a hundred is beyond any.",
        ),
        Threshold(
            "episode_share",
            Decimal("0.80"),
            "share of the period's tax",
            "What happens in one week of six months is an event, not a habit.",
        ),
    ),
)

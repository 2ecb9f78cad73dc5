"""Clients whose traffic jumps within minutes: ten-minute windows many times their own usual."""

from datetime import datetime, timedelta
from decimal import Decimal

from centavo.consumption.rules.asking import ask, place_of
from centavo.consumption.spend_tables import client_windows
from centavo.findings import Finding, RuleSettings, Threshold
from centavo.findings.event import Event
from centavo.findings.question import Answer, Row, amount_of, by_series, days_from, text_of
from centavo.ledger.ledger import Ledger
from centavo.message import N_, Message, figure, joined, numbered
from centavo.money import Money
from centavo.period import Period

__all__ = ["LEAST_REQUESTS", "TIMES_USUAL", "client_spikes"]

TIMES_USUAL = Threshold(
    "times_usual",
    Decimal(20),
    "times the client's middle busy window",
    "House value: between the busiest and the middle ten minutes of a working day lie two to five "
    "times; twenty is another program.",
)
LEAST_REQUESTS = Threshold(
    "least_requests",
    Decimal(20_000),
    "requests in a window of ten minutes",
    "2,000 requests a minute: the limit of a whole organisation in Anthropic's third usage tier "
    "(platform.claude.com/docs/en/api/rate-limits). One client that sends more starves the others.",
)


def client_spikes(
    ledger: Ledger, period: Period, settings: RuleSettings, *, code: str, wrong_when: str
) -> tuple[list[Finding], int]:
    """Return one finding for each place whose clients jumped, and how many clients were expected to.

    None where no client is known.
    """
    if not client_windows(ledger, period, settings):
        return [], 0
    names = (TIMES_USUAL.name, LEAST_REQUESTS.name)
    answer = ask(ledger, "client_spikes", **{name: settings.limits[name] for name in names})
    found: list[Finding] = []
    expected = 0
    for _, rows in by_series(answer, ("place", "kind")):
        left = [row for row in rows if not any(_is_in(event, row) for event in settings.expected)]
        expected += len(rows) - len(left)
        if left:
            found.append(_finding(answer, left, code=code, wrong_when=wrong_when))
    return found, expected


def _is_in(event: Event, row: Row) -> bool:
    """Say whether a client's jumps all fell into an event that somebody expects there."""
    first, last = row["first_window"], row["last_window"]
    return (
        event.subject == _subject(row)
        and isinstance(first, datetime)
        and isinstance(last, datetime)
        and event.holds(first.date())
        and event.holds(last.date())
    )


def _subject(row: Row) -> dict[str, str]:
    return {"clients": text_of(row, "kind"), "among": text_of(row, "place")}


def _finding(answer: Answer, rows: list[Row], *, code: str, wrong_when: str) -> Finding:
    head = rows[0]
    windows = [each for row in rows for each in (row["first_window"], row["last_window"])]
    moments = [each for each in windows if isinstance(each, datetime)]
    said = joined(*(_client(row) for row in rows[:4]), by="; ")
    priced = [row for row in rows if row["extra_cost"] is not None]
    extra = sum((amount_of(row, "extra_cost") for row in priced), Decimal(0))
    return Finding(
        code=code,
        subject=_subject(head),
        sentence=numbered(
            "{place}: {number} client jumped within ten minutes: {list}.",
            "{place}: {number} clients jumped within ten minutes: {list}.",
            len(rows),
            place=place_of(head),
            list=said,
        ),
        period=days_from(min(moments).date(), max(moments).date() + timedelta(days=1)),
        per_30d=Money(extra, text_of(priced[0], "currency")) if priced else None,
        grade="metered",
        money_kind="avoidable",
        evidence=answer.evidence(rows),
        to_do=N_("Ask the client what ran; put a quota on its key."),
        wrong_when=wrong_when,
    )


def _client(row: Row) -> Message:
    return numbered(
        "{who} in {number} window (up to {times} times its usual, {requests} requests)",
        "{who} in {number} windows (up to {times} times its usual, {requests} requests)",
        int(amount_of(row, "windows")),
        who=text_of(row, "client"),
        times=figure(amount_of(row, "most_times_usual")),
        requests=amount_of(row, "most_requests"),
    )

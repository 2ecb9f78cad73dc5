"""Batch-shaped work done in real time: nobody waits for the answer, and the full price is paid.

What it finds:
    A caller (application, endpoint, model) with two of three signs that no person waits: answers of a
    few tokens, most requests in a few hours outside office hours, and neither a customer nor a
    streamed answer. And clients of traffic traces with tiny answers.

Why it costs:
    OpenAI's, Anthropic's and Google's batch interfaces take half the price for the same tokens when
    the answer may come within a day.

How it is measured:
    Requests at real-time tiers, without embeddings. Tiny: the mean answer is below `tiny_tokens`.
    Night-shaped: `burst_share` of the requests fall into the eight busiest hours of the day, and most
    of those are outside office hours. Money = half of the cost, of 30 days.

When it is wrong:
    A check that holds an order or a payment back has a tiny answer and cannot wait. Work that must be
    done by morning needs a batch that is sent early enough.

Example:
    proj_default gpt-4o: 97 % of its requests come at night and nobody waits; as a batch they cost
    USD 92 less in 30 days.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import reduce
from itertools import groupby
from typing import cast

from centavo.consumption.rules.asking import ask, place_of
from centavo.consumption.spend_tables import client_windows, spend_tables
from centavo.consumption.working_hours import WorkingHours
from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.pace import per_30_days
from centavo.findings.question import (
    Answer,
    Row,
    amount_of,
    day_of,
    days_from,
    subject_of,
    text_of,
)
from centavo.ledger.ledger import Ledger
from centavo.message import N_, Message, figure, message, percent
from centavo.period import Period

__all__ = ["RULE"]

_KEYS = ("provider", "model", "project", "application", "environment", "endpoint")
# openai.com/api/pricing, claude.com/pricing and ai.google.dev/gemini-api/docs/pricing: 50 % less.
_BATCH_PRICE = Decimal("0.5")
_WITH_BATCH = {"openai", "anthropic", "google", "azure", "aws"}
_BUSIEST_HOURS = 8
_FEWEST = 100


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each caller whose work could be a batch, and for each trace."""
    held = spend_tables(ledger, period, settings)
    if not held.calls and not client_windows(ledger, period, settings):
        return Blind("the ledger holds no requests")
    answer = ask(ledger, "batchable")
    found: list[Finding] = []
    for row in answer.rows:
        signs = _signs(row, settings)
        if (
            amount_of(row, "requests") >= _FEWEST
            and len(signs) >= 2
            and row["provider"] in _WITH_BATCH
        ):
            found.append(_finding(answer, row, signs))
    return [*found, *_traces(ledger, period, settings)]


def _signs(row: Row, settings: RuleSettings) -> list[Message]:
    signs: list[Message] = []
    tokens = row["mean_output_tokens"]
    if isinstance(tokens, Decimal) and tokens < settings.limits["tiny_tokens"]:
        signs.append(message("answers have {count} tokens", count=figure(tokens)))
    night = _night_share(row, settings)
    if night >= settings.limits["burst_share"]:
        signs.append(
            message(
                "{share} of the requests come in {hours} hours outside work",
                share=percent(night),
                hours=_BUSIEST_HOURS,
            )
        )
    if not row["customer_requests"] and not row["streamed_requests"]:
        signs.append(message("no customer asks and nothing is streamed"))
    return signs


def _night_share(row: Row, settings: RuleSettings) -> Decimal:
    """Return the share of the eight busiest hours, when most of those are outside office hours."""
    hours = cast("Mapping[int, int]", row["requests_by_hour"])
    busiest = sorted(hours, key=lambda hour: -hours[hour])[:_BUSIEST_HOURS]
    office = WorkingHours(settings.time_zone, "", *settings.office_hours)
    # Any weekday: only the hour of the day is asked.
    monday = datetime(2026, 1, 5, tzinfo=UTC).replace(tzinfo=None)
    outside = [h for h in busiest if not office.is_daytime(monday + timedelta(hours=int(h)))]
    total = sum(hours.values())
    if sum(hours[h] for h in outside) * 2 < sum(hours[h] for h in busiest):
        return Decimal(0)
    return Decimal(sum(hours[h] for h in busiest)) / Decimal(total)


def _finding(answer: Answer, row: Row, signs: list[Message]) -> Finding:
    first, until = day_of(row, "first_day"), day_of(row, "last_day") + timedelta(days=1)
    where = " ".join(filter(None, (text_of(row, "application") or text_of(row, "project"),
                                   text_of(row, "endpoint")))) or text_of(row, "provider")  # fmt: skip
    money = per_30_days(
        amount_of(row, "cost") * _BATCH_PRICE, (until - first).days, text_of(row, "currency")
    )
    return Finding(
        code=RULE.code,
        subject=subject_of(row, _KEYS),
        sentence=message(
            "{place}: {signs}; as a batch it costs half.",
            place=f"{where} ({text_of(row, 'model')})",
            signs=reduce(_both, signs),
        ),
        period=days_from(first, until),
        per_30d=money,
        grade="estimated",
        evidence=answer.evidence([row]),
        to_do=N_(
            "Ask whether the answer may come within a day; if so, send the requests as a batch."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


def _both(one: Message, other: Message) -> Message:
    return message("{one} and {other}", one=one, other=other)


def _traces(ledger: Ledger, period: Period, settings: RuleSettings) -> Iterable[Finding]:
    if not client_windows(ledger, period, settings):
        return
    answer = ask(ledger, "tiny_answers", tiny_tokens=settings.limits["tiny_tokens"])
    for place, group in groupby(answer.rows, lambda row: text_of(row, "place")):
        rows = list(group)
        share = sum((amount_of(row, "request_share") for row in rows), Decimal(0))
        requests = sum((amount_of(row, "requests") for row in rows), Decimal(0))
        starts = [cast("datetime", row["first_seen"]).date() for row in rows]
        ends = [cast("datetime", row["last_seen"]).date() for row in rows]
        yield Finding(
            code=RULE.code,
            subject={"clients": text_of(rows[0], "kind"), "among": place},
            sentence=message(
                "{place}: {count} clients ({list}) get answers of fewer than {limit} tokens: {requests} "
                "requests, {share} of all.",
                place=place_of(rows[0]),
                count=len(rows),
                list=", ".join(text_of(r, "client") for r in rows[:6])
                + (" …" if len(rows) > 6 else ""),
                limit=settings.limits["tiny_tokens"],
                requests=figure(requests),
                share=percent(share),
            ),
            period=days_from(min(starts), max(ends) + timedelta(days=1)),
            per_30d=None,
            grade="estimated",
            share=share,
            evidence=answer.evidence(rows),
            to_do=N_(
                "Ask whether the answers may come within a day, or whether a smaller model is enough."
            ),
            wrong_when=RULE.doc.section("When it is wrong"),
        )


RULE = Rule(
    "CON117",
    "batchable",
    find,
    __doc__ or "",
    (
        Threshold(
            "tiny_tokens",
            Decimal(10),
            "output tokens",
            "A word or a label. Of 78 clients of ServeGen's traces 13 have a mean below 8, and none one "
            "from 8 to 10.",
        ),
        Threshold(
            "burst_share",
            Decimal("0.80"),
            "share of requests in the eight busiest hours",
            "Traffic that people make has 50 to 60 % there (ServeGen, Azure).",
        ),
    ),
)

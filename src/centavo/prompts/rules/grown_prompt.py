"""Grown prompt: the fixed part of a request became much longer at one moment, and the answers did not change.

What it finds:
    Scopes whose tools and system prompt have a new version that is at least `growth` times as long.

Why it costs:
    Every request pays for the whole fixed part. Rules that are repeated for emphasis, style guides of
    cases that are not this one, and tool lists that grow are paid by each request.

How it is measured:
    Versions are told apart by content in the requests whose prompts are kept. The excess is the mean
    length of the version in use above that of the one before, scaled to what the provider counted. Money
    = excess x the price of the input of **all** requests of the scope since the first day on
    which the new version was seen, for 30 days. The finding names how much of the new version stands in it more
    than once.

When it is wrong:
    The task became a larger one: more cases, more tools that are called, better answers that are worth it.

Example:
    conteudo-marketing /v1/gerar: 10,503 tokens of tools and instructions since 2026-07-01, 1,184 before.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.question import Answer, Row, ask, days_from, subject_of
from centavo.ledger.ledger import Ledger
from centavo.message import N_, figure, message
from centavo.period import Period
from centavo.prompts.anatomy import SCOPE
from centavo.prompts.questions import question
from centavo.prompts.rules.waste import NO_BODIES, has_bodies, money_of, number_of, place_of

__all__ = ["RULE"]


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each scope whose fixed part grew."""
    if not has_bodies(ledger, period):
        return Blind(NO_BODIES)
    answer = ask("centavo.prompts.rules", ledger, "fixed_beginnings")
    found: list[Finding] = []
    for _, rows in groupby(answer.rows, key=lambda row: row["scope_no"]):
        used = [row for row in rows if number_of(row, "hits") >= settings.limits["requests"]]
        found += _growth(ledger, answer, used, settings)
    return found


def _growth(
    ledger: Ledger, answer: Answer, used: Sequence[Row], settings: RuleSettings
) -> Iterator[Finding]:
    """Yield the finding when the last version is much longer than the one that it replaced."""
    if len(used) < 2:
        return
    before, after = used[-2], used[-1]
    excess = number_of(after, "tokens") - number_of(before, "tokens")
    since = after["first_day"]
    replaced = str(before["last_day"]) <= str(since)
    is_longer = number_of(after, "tokens") >= settings.limits["growth"] * number_of(
        before, "tokens"
    )
    if not replaced or not is_longer or excess < settings.limits["tokens"]:
        return
    if not isinstance(since, date):
        return
    prices, last = ledger.rows(question("price_since"), [after["scope_no"], since])[0]
    until = (last if isinstance(last, date) else since) + timedelta(days=1)
    money = None if prices is None else excess * Decimal(str(prices))
    repeated = Decimal(str(ledger.rows(question("repeated_in"), [after["example"]])[0][0]))
    said = (
        N_(
            "{place}: {count} tokens of tools and instructions since {date}, {before} before; {again} of them "
            "stand in it more than once."
        )
        if repeated
        else N_("{place}: {count} tokens of tools and instructions since {date}, {before} before.")
    )
    yield Finding(
        code=RULE.code,
        subject=subject_of(after, SCOPE),
        sentence=message(
            said,
            place=place_of(after),
            count=figure(number_of(after, "tokens")),
            date=since,
            before=figure(number_of(before, "tokens")),
            again=figure(repeated),
        ),
        period=days_from(since, until),
        per_30d=money_of({**after, "money": money}, (until - since).days),
        grade="estimated",
        evidence=answer.evidence([before, after]),
        to_do=N_(
            "Compare the two versions: `centavo prompts show ID --diff`; take out what is said twice,"
            " what other cases need, and tools that are not called."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule(
    "PRM315",
    "grown_prompt",
    find,
    __doc__ or "",
    (
        Threshold(
            "growth", Decimal("1.5"), "times the earlier length", "House value: edits move by less."
        ),
        Threshold(
            "tokens",
            Decimal(500),
            "tokens",
            "House value: below it an hour of work is not paid for.",
        ),
        Threshold("requests", Decimal(3), "requests with kept prompts", "A trial is no version."),
    ),
)

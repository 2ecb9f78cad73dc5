"""Verbose answers: the same lines stand in most answers of a scope, and output is the dearest token.

What it finds:
    Scopes most of whose answers repeat the same greetings, disclaimers or closing lines.

Why it costs:
    Output costs three to eight times as much as input, and the same words are generated, one token after
    another, for every answer.

How it is measured:
    Lines of 20 or more characters that at least `share` of the kept answers of a scope have, over at least
    `answers` answers; their part of the answer's characters times its output tokens, at the price of
    output.

When it is wrong:
    The lines are a form that a program reads (headings, keys), or the law asks for them.

Example:
    atendimento-chat /v1/chat: 38 tokens of every answer are the same two sentences.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.question import Answer, Row, ask, day_of, days_from, subject_of
from centavo.ledger.ledger import Ledger
from centavo.message import N_, figure, message, percent
from centavo.period import Period
from centavo.prompts.anatomy import SCOPE
from centavo.prompts.reordering import constant_lines
from centavo.prompts.rules.waste import (
    NO_BODIES,
    has_bodies,
    money_of,
    number_of,
    place_of,
    texts_of,
)

__all__ = ["RULE"]

_LEAST_CHARS = 20


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each scope whose answers repeat lines."""
    if not has_bodies(ledger, period):
        return Blind(NO_BODIES)
    answer = ask("centavo.prompts.rules", ledger, "answers", **settings.limits)
    found = (_finding(answer, row, settings) for row in answer.rows)
    return [each for each in found if each is not None]


def _finding(answer: Answer, row: Row, settings: RuleSettings) -> Finding | None:
    texts = texts_of(row)
    same = {
        line
        for line in constant_lines(texts, float(settings.limits["share"]))
        if len(line) >= _LEAST_CHARS
    }
    # An answer that is nothing else (yes or no) says what was asked, and is not verbose.
    longer = [text for text in texts if set(text.split("\n")) - same]
    whole = sum(map(len, texts))
    again = sum(len(line) + 1 for text in longer for line in text.split("\n") if line in same)
    share = Decimal(again) / Decimal(whole or 1)
    if share < settings.limits["output_share"]:
        return None
    first, until = day_of(row, "first_day"), day_of(row, "last_day") + timedelta(days=1)
    money = None if row["money"] is None else number_of(row, "money") * share
    return Finding(
        code=RULE.code,
        subject=subject_of(row, SCOPE),
        sentence=message(
            "{place}: {share} of the answers is the same in most of them ({part} tokens of {whole}).",
            place=place_of(row),
            share=percent(share),
            part=figure(share * number_of(row, "mean_tokens")),
            whole=figure(number_of(row, "mean_tokens")),
        ),
        period=days_from(first, until),
        per_30d=money_of({**row, "money": money}, (until - first).days),
        grade="estimated",
        share=share.quantize(Decimal("0.000001")),
        evidence=answer.evidence([{**row, "texts": None}]),
        to_do=N_(
            "Ask for the answer alone and add what is always the same in the program; measure the answers"
            " before and after (lossy)."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule(
    "PRM311",
    "verbose_outputs",
    find,
    __doc__ or "",
    (
        Threshold(
            "answers", Decimal(20), "kept answers", "House value: fewer may be alike by chance."
        ),
        Threshold("share", Decimal("0.8"), "share of answers", "House value: most of them."),
        Threshold("output_share", Decimal("0.1"), "share of output", "House value."),
    ),
)

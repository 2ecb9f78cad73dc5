"""Output limit far above need: one runaway answer may cost many times what any answer did.

What it finds:
    Scopes that ask for many times more output tokens than one answer in a thousand ever took.

Why it costs:
    Nothing, as long as all goes well: it is a guard and not a saving. A loop in one answer is paid
    up to the limit; with reasoning models nobody sees it happen.

How it is measured:
    99.9th percentile of output tokens over at least `answers` answers, and the largest limit that was asked
    for. Reported from `times` times on. The amount in the sentence is what one answer of the full
    length would cost; no money is claimed.

When it is wrong:
    Long answers are rare and welcome, and the requests seen hold none of them yet.

Example:
    notas-fraude /v1/classificar: 8,192 tokens are asked for, 6 are needed.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.question import Answer, Row, ask, day_of, days_from, subject_of, text_of
from centavo.ledger.ledger import Ledger
from centavo.message import N_, figure, joined, message
from centavo.money import Money
from centavo.period import Period
from centavo.prompts.anatomy import SCOPE, prompt_tables
from centavo.prompts.rules.waste import number_of, place_of

__all__ = ["RULE"]


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each scope whose limit is far above what its answers take."""
    prompt_tables(ledger, period)
    if not ledger.rows("SELECT 1 FROM prompt_calls WHERE max_output_tokens > 0 LIMIT 1"):
        return Blind("no request states a limit on its output")
    answer = ask("centavo.prompts.rules", ledger, "output_limit", **settings.limits)
    return [_finding(answer, row) for row in answer.rows]


def _finding(answer: Answer, row: Row) -> Finding:
    first, until = day_of(row, "first_day"), day_of(row, "last_day") + timedelta(days=1)
    one = (
        message(
            "One answer of that length costs {money}.",
            money=Money(figure(number_of(row, "one"), 4), text_of(row, "currency")),
        )
        if row["one"]
        else ""
    )
    return Finding(
        code=RULE.code,
        subject=subject_of(row, SCOPE),
        sentence=joined(
            message(
                "{place}: up to {count} output tokens are asked for, of which one answer in a thousand takes "
                "{needed}.",
                place=place_of(row),
                count=figure(number_of(row, "asked")),
                needed=figure(number_of(row, "needed")),
            ),
            one,
            N_("A guard, not a saving."),
        ),
        period=days_from(first, until),
        per_30d=None,
        grade="metered",
        money_kind="exposed",
        evidence=answer.evidence([row]),
        to_do=N_(
            "Ask for two to three times what answers take: lever `max-output` says what it would have cut off."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule(
    "PRM310",
    "output_limit",
    find,
    __doc__ or "",
    (
        Threshold(
            "answers", Decimal(1000), "answers", "A 99.9th percentile of fewer is a maximum."
        ),
        Threshold(
            "times", Decimal(20), "times", "House value: generous limits are usual and harmless."
        ),
    ),
)

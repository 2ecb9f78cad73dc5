"""Fine-tuned model under-used: it costs more to keep it ready than to use it.

What it finds:
    Fine-tuned or custom models whose hosting or storage on the bill costs more than the tokens that went
    through them.

Why it costs:
    A fine-tuned model is kept for one customer: it is paid by the hour or the month, whether anybody asks
    it or not. The base model, or a small one with a good prompt, is paid only when it answers.

How it is measured:
    Billed cost of rows that name a fine-tuned or custom model: those without tokens keep it (hosting,
    deployment, storage), those with tokens use it; training is left out. A finding where keeping is at least
    `kept_share` of both. Money = the cost of keeping it, in 30 days: what giving it up would save, if
    the tokens cost the same on the base model.

When it is wrong:
    A model may be kept for rare work that no other model does, or be so new that its traffic has not
    moved yet. Where tokens of the model are billed under the base model's name they are not seen.

Example:
    triagem-ft: keeping the fine-tuned model cost 1,142.40 USD, its tokens 61.20 USD: 95 % is for standing by.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

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
from centavo.message import N_, message, percent
from centavo.modelfit.rules.asking import ask
from centavo.money import EXACT, Money
from centavo.period import Period
from centavo.pricing.recent_usage import period_sql

__all__ = ["RULE"]

_KEYS = ("tuned_model", "model", "project")


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each fine-tuned model that costs more to keep than to use."""
    within = period_sql(period).replace("started_at", "ChargePeriodStart")
    answer = ask(ledger, "fine_tuned", filter=within)
    if not answer.rows:
        return Blind("no bill names a fine-tuned model that is kept")
    return [
        _finding(answer, row)
        for row in answer.rows
        if _kept_share(row) >= settings.limits["kept_share"]
    ]


def _kept_share(row: Row) -> Decimal:
    kept = amount_of(row, "kept")
    return EXACT.divide(kept, EXACT.add(kept, amount_of(row, "used")))


def _finding(answer: Answer, row: Row) -> Finding:
    first, until = day_of(row, "first_day"), day_of(row, "last_day") + timedelta(days=1)
    kept, used, currency = amount_of(row, "kept"), amount_of(row, "used"), text_of(row, "currency")
    subject = subject_of(row, _KEYS)
    resource = subject.pop("tuned_model", "")
    return Finding(
        code=RULE.code,
        subject={"resource": resource, **subject},
        sentence=message(
            "{place}: keeping the fine-tuned model cost {kept}, its tokens {used}: {share} is for standing by.",
            place=resource,
            kept=Money(kept, currency).rounded(),
            used=Money(used, currency).rounded(),
            share=percent(_kept_share(row)),
        ),
        period=days_from(first, until),
        per_30d=per_30_days(kept, (until - first).days, currency),
        grade="billed",
        share=_kept_share(row),
        evidence=answer.evidence([row]),
        to_do=N_(
            "Grade the base model with a good prompt on the same prompts (`centavo certify`); delete the "
            "deployment if it will do, or host it only in the hours it is asked."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule(
    "FIT209",
    "idle_fine_tune",
    find,
    __doc__ or "",
    (
        Threshold(
            "kept_share",
            Decimal("0.5"),
            "share of the model's cost",
            "A judgement, not a measurement: above one half, standing by costs more than the work.",
        ),
    ),
)

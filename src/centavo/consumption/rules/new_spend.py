"""New service or model: spend that was not there a month ago.

What it finds:
    A model or service that nobody paid for before and that costs material money now, unless it only
    took over what another one cost in the same application.

Why it costs:
    New spend has no budget, no owner who expects the bill, and often no label yet.

How it is measured:
    First day with cost within the last `new_days`, after at least `history_days` of history without
    it. What the rest of the same application (else project) costs less than before, in as many days
    on either side, counts as replaced. Money = cost since the first day less what it replaced, for 30
    days. Preliminary days are left out.

When it is wrong:
    A planned launch. A service that the provider renamed looks new, and its old name replaced.

Example:
    gpt-4o (openai) is new since 2026-07-06 in proj_default: USD 184 in 30 days.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from centavo.consumption.rules.asking import ask, place_of
from centavo.consumption.spend_tables import spend_tables
from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.pace import per_30_days
from centavo.findings.question import Answer, Row, amount_of, day_of, days_from, subject_of, text_of
from centavo.ledger.ledger import Ledger
from centavo.message import N_, message
from centavo.period import Period

__all__ = ["RULE"]


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each new model or service that is no mere replacement."""
    held = spend_tables(ledger, period, settings)
    history = int(settings.limits["history_days"])
    if held.days <= history:
        return Blind(f"less than {history + 1} days of history")
    answer = ask(
        ledger, "new_spend", new_days=int(settings.limits["new_days"]), history_days=history
    )
    found: list[Finding] = []
    for row in answer.rows:
        replaced = max(amount_of(row, "others_before") - amount_of(row, "others_since"), Decimal(0))
        added = amount_of(row, "cost") - replaced
        # Most of it took another's place: the application does not cost more.
        if added > amount_of(row, "cost") / 2:
            found.append(_finding(answer, row, added))
    return found


def _finding(answer: Answer, row: Row, added: Decimal) -> Finding:
    first, until = day_of(row, "first_day"), day_of(row, "last_day") + timedelta(days=1)
    money = per_30_days(added, int(amount_of(row, "age_days")), text_of(row, "currency"))
    item, provider = text_of(row, "item"), text_of(row, "provider")
    named = f"{item} ({provider})" if item != provider else item
    return Finding(
        code=RULE.code,
        subject={text_of(row, "kind"): item, **subject_of(row, ("provider",))},
        sentence=message(
            "{what} is new since {date} in {place}: {money} in 30 days.",
            what=named,
            date=first,
            place=place_of(row),
            money=money.rounded(),
        ),
        period=days_from(first, until),
        per_30d=money,
        grade="billed" if row["grade"] == "billed" else "metered",
        money_kind="changed",
        evidence=answer.evidence([row]),
        to_do=N_("Ask its owner what it is for, give it a budget, and label it."),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule(
    "CON113",
    "new_spend",
    find,
    __doc__ or "",
    (
        Threshold("new_days", Decimal(30), "days", "A month: what is older has been on a bill."),
        Threshold(
            "history_days",
            Decimal(14),
            "days",
            "ANOMALIES.md: 14 days of history before the first trustworthy alert (AWS: 10).",
        ),
    ),
)

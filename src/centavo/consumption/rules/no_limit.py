"""Application with no limit: no budget covers what it spends.

What it finds:
    Applications (or projects, where no application is known) whose spend no budget of the policy
    file covers. Without a policy file everything is uncovered, and that is said once.

Why it costs:
    A loop, a leaked key or a launch spends until somebody looks at the bill. A limit turns a month's
    surprise into an hour's.

How it is measured:
    Spend of the last 30 days whose scope no `[[budget]]` matches. The money is exposed, not lost.

When it is wrong:
    Limits that stand elsewhere (the provider's console, a gateway) are not known here: write them
    into the policy file, and the rule is silent.

Example:
    No budget covers busca-semantica: USD 1,240.00 in the last 30 days.
"""

from collections.abc import Sequence
from decimal import Decimal

from centavo.consumption.rules.asking import ask
from centavo.consumption.rules.uncovered import combined, scope_of
from centavo.consumption.spend_tables import SpendTables, spend_tables
from centavo.findings import Blind, Evidence, Finding, Rule, RuleSettings
from centavo.findings.pace import per_30_days
from centavo.findings.question import Row, amount_of, days_from, text_of
from centavo.ledger.ledger import Ledger
from centavo.message import N_, message
from centavo.period import Period
from centavo.policy import read_policy

__all__ = ["RULE"]


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each application without a budget; one in all without a policy."""
    held = spend_tables(ledger, period, settings)
    answer = ask(
        ledger, "uncovered", table="spend_days", unit="unit", amount="amount", recent=held.recent(),
        condition="coalesce(category, 'Usage') IN ('Usage', 'Purchase')",
    )  # fmt: skip
    if not answer.rows:
        return Blind("the ledger holds no spend")
    if settings.policy is None:
        rows = combined(answer.rows, lambda _row: ())[()]
        return [_finding(answer.evidence(), rows, held, subject={}, name=None)]
    policy = read_policy(settings.policy)
    bare = [row for row in answer.rows if policy.budget_of(scope_of(row)) is None]
    groups = combined(bare, _place)
    return [
        _finding(answer.evidence(rows), rows, held, subject=dict(place), name=place[0][1])
        for place, rows in groups.items()
    ]


def _place(row: Row) -> tuple[tuple[str, str], ...]:
    for name in ("application", "project", "account"):
        if row[name] is not None:
            return ((name, text_of(row, name)),)
    return (("provider", text_of(row, "provider")),)


def _finding(
    evidence: Evidence,
    rows: list[Row],
    held: SpendTables,
    *,
    subject: dict[str, str],
    name: str | None,
) -> Finding:
    days = (held.until - held.recent()).days if held.until else 0
    money = per_30_days(
        sum((amount_of(row, "cost") for row in rows), Decimal(0)),
        days,
        text_of(rows[0], "currency"),
    )
    said = {"money": money.rounded(), "days": days}
    return Finding(
        code=RULE.code,
        subject=subject,
        sentence=message("No budget covers {place}: {money} in {days} days.", place=name, **said)
        if name
        else message(
            "There is no policy file: no budget or quota covers anything ({money} in {days} days).",
            **said,
        ),
        period=days_from(held.recent(), held.until or held.recent()),
        per_30d=money,
        grade="billed" if all(r["grade"] == "billed" for r in rows) else "metered",
        money_kind="exposed",
        evidence=evidence,
        to_do=N_("Write a [[budget]] for it into the policy file (docs/findings.md shows one)."),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule("CON109", "no_limit", find, __doc__ or "")

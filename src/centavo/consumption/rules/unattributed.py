"""Untagged or unattributed spend: money that no application and no team answers for.

What it finds:
    Projects whose usage names neither application, team, cost centre, endpoint, feature nor customer
    and that cost material money; and one finding for the whole when too much of all spend is so.

Why it costs:
    What belongs to nobody is saved by nobody. It cannot be charged back, budgeted or forecast, and it
    hides the application that grows.

How it is measured:
    Usage and purchases above zero (no tax, credits, refunds) whose row has no scope beyond the
    project, after the attribution rules; per project at least `project_share` of its cost. For the
    whole, `whole_share` of the cost. Rows, and rows without any tag, are counted beside it.
    Money = unattributed cost of 30 days.

When it is wrong:
    Shared platforms belong to everybody: write a shared cost into the attribution file. A project
    with one owner needs one rule, not tags.

Example:
    proj_default: 100 % of USD 184 in 30 days belongs to nobody since 2026-07-06 (gpt-4o).
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from decimal import Decimal

from centavo.consumption.rules.asking import ask
from centavo.consumption.spend_tables import SpendTables, spend_tables
from centavo.findings import Blind, Evidence, Finding, Grade, Rule, RuleSettings, Threshold
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
from centavo.message import N_, Message, message, percent
from centavo.money import Money
from centavo.period import Period

__all__ = ["RULE"]

_WHERE = ("provider", "account", "project")


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for the whole, or one for each project that nobody answers for."""
    held = spend_tables(ledger, period, settings)
    answer = ask(ledger, "unattributed", recent=held.recent())
    if not answer.rows:
        return Blind("the ledger holds no usage with a cost")
    found: list[Finding] = []
    for currency in sorted({text_of(row, "currency") for row in answer.rows}):
        rows = [row for row in answer.rows if text_of(row, "currency") == currency]
        whole = _whole(answer, rows, settings.limits["whole_share"], held)
        found += (
            [whole] if whole else _projects(answer, rows, settings.limits["project_share"], held)
        )
    return found


def _whole(answer: Answer, rows: list[Row], least: Decimal, held: SpendTables) -> Finding | None:
    cost, nobodys = _total(rows, "cost"), _total(rows, "unattributed_cost")
    count, nobodys_rows = _total(rows, "row_count"), _total(rows, "unattributed_rows")
    share = nobodys / cost if cost else Decimal(0)
    row_share = nobodys_rows / count if count else Decimal(0)
    if share < least or not nobodys:
        return None
    untagged, untagged_cost = _total(rows, "untagged_rows"), _total(rows, "untagged_cost")
    shares = {"share": percent(share, 1), "rows": percent(row_share, 1)}
    if untagged and _total(rows, "all_cost"):
        said = message(
            "{share} of the cost and {rows} of the rows belong to nobody; of all rows {part} with {cost} of "
            "all cost have no tag.",
            **shares,
            part=percent(untagged / _total(rows, "all_rows"), 1),
            cost=percent(untagged_cost / _total(rows, "all_cost"), 1),
        )
    else:
        said = message("{share} of the cost and {rows} of the rows belong to nobody.", **shares)
    return _finding(answer.evidence(rows), rows, held, subject={}, share=share, sentence=said)


def _projects(
    answer: Answer, rows: list[Row], least: Decimal, held: SpendTables
) -> Iterable[Finding]:
    for row in rows:
        cost, nobodys = amount_of(row, "cost"), amount_of(row, "unattributed_cost")
        if not nobodys or nobodys < least * cost:
            continue
        name = text_of(row, "project") or text_of(row, "account") or text_of(row, "provider")
        money = _money([row], held)
        yield _finding(
            answer.evidence([row]), [row], held, subject=subject_of(row, _WHERE), share=nobodys / cost,
            sentence=message(
                "{place}: {share} of its cost belongs to nobody ({money} in 30 days).",
                place=name, share=percent(nobodys / cost), money=money.rounded(),
            ),
        )  # fmt: skip


def _finding(
    evidence: Evidence, rows: list[Row], held: SpendTables, *,
    subject: dict[str, str], share: Decimal, sentence: Message,
) -> Finding:  # fmt: skip
    return Finding(
        code=RULE.code,
        subject=subject,
        sentence=sentence,
        period=_span(rows),
        per_30d=_money(rows, held),
        grade=_grade(rows),
        money_kind="exposed",
        share=share,
        evidence=evidence,
        to_do=N_("Ask who uses the project or its key, and add a rule to the attribution file."),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


def _money(rows: list[Row], held: SpendTables) -> Money:
    """Return what nobody answers for in the last 30 days, or in as many days as there are."""
    begun = _span(rows).since
    first = max(begun.date(), held.recent()) if begun else held.recent()
    days = (held.until - first).days if held.until else 0
    return per_30_days(_total(rows, "recent_cost"), days, text_of(rows[0], "currency"))


def _span(rows: list[Row]) -> Period:
    begun = [day_of(row, "first_day") for row in rows if row["first_day"] is not None]
    return days_from(min(begun), max(day_of(r, "last_day") for r in rows) + timedelta(days=1))


def _total(rows: list[Row], name: str) -> Decimal:
    return sum((amount_of(row, name) for row in rows), Decimal(0))


def _grade(rows: list[Row]) -> Grade:
    return "billed" if all(row["grade"] == "billed" for row in rows) else "metered"


RULE = Rule(
    "CON115",
    "unattributed",
    find,
    __doc__ or "",
    (
        Threshold(
            "whole_share",
            Decimal("0.10"),
            "share of cost",
            "FinOps Foundation, maturity of the capability Allocation: at the stage Run more than 90 % "
            "of spend can be allocated.",
        ),
        Threshold(
            "project_share",
            Decimal("0.50"),
            "share of the project's cost",
            "House value: below it, the owner of the other half is known and can be asked.",
        ),
    ),
)

"""Spend on failed work: tasks that were not solved and were paid for all the same.

What it finds:
    Applications whose log says which tasks were solved (labels `resolved`, `success` or `reward`), and
    in which unsolved tasks take a large part of the cost.

Why it costs:
    An agent that fails tries longest: it repeats tools, drags its history along and stops at the
    limit. The price of a solved task is that of all tries.

How it is measured:
    Requests by task (labels `session`, `task_id` and `trial`, `instance_id`, `task`, `session_id` or
    `run_id`); a task is
    solved when any of its requests says so. Share = cost of unsolved tasks / cost of all tasks with an
    outcome. Reported from `failed_share` on. Money = cost of unsolved tasks, of 30 days.

When it is wrong:
    Hard tasks may be worth a try. An outcome that is judged later is not in the log yet.

Example:
    tau-bench-airline: 69 of 100 tasks failed and took 76 % of the cost; a solved task costs USD 0.68.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import cast

from centavo.consumption.dimensions import filter_sql
from centavo.consumption.rules.asking import ask
from centavo.consumption.spend_tables import spend_tables
from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.pace import per_30_days
from centavo.findings.question import Answer, Row, amount_of, days_from, text_of
from centavo.ledger.ledger import Ledger
from centavo.message import N_, Value, message, percent
from centavo.money import Money
from centavo.period import Period

__all__ = ["RULE"]


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each application that pays much for unsolved tasks."""
    if not spend_tables(ledger, period, settings).calls:
        return Blind("the ledger holds no requests")
    answer = ask(ledger, "failed_work", filter=filter_sql(period, {}, at="started_at"))
    if not answer.rows:
        return Blind("no request says whether its task was solved")
    found: list[Finding] = []
    for row in answer.rows:
        failed, solved = amount_of(row, "failed_cost"), amount_of(row, "solved_cost")
        if failed and failed >= settings.limits["failed_share"] * (failed + solved):
            found.append(_finding(answer, row, failed, failed + solved))
    return found


def _finding(answer: Answer, row: Row, failed: Decimal, cost: Decimal) -> Finding:
    first = cast("datetime", row["first_seen"]).date()
    until = cast("datetime", row["last_seen"]).date() + timedelta(days=1)
    tasks = amount_of(row, "failed_tasks") + amount_of(row, "solved_tasks")
    solved, currency = amount_of(row, "solved_tasks"), text_of(row, "currency")
    values: dict[str, Value] = {
        "place": text_of(row, "place"),
        "failed": amount_of(row, "failed_tasks"),
        "count": tasks,
        "share": percent(failed / cost),
    }
    if solved:
        said = message(
            "{place}: {failed} of {count} tasks failed and took {share} of the cost; a solved task costs {money}.",
            **values,
            money=Money(cost / solved, currency).rounded(),
        )
    else:
        said = message(
            "{place}: {failed} of {count} tasks failed and took {share} of the cost.", **values
        )
    return Finding(
        code=RULE.code,
        subject={"application": text_of(row, "place")},
        sentence=said,
        period=days_from(first, until),
        per_30d=per_30_days(failed, (until - first).days, currency),
        grade="estimated" if row["is_counted"] else "metered",
        share=failed / cost,
        evidence=answer.evidence([row]),
        to_do=N_(
            "Stop runs that repeat themselves, cap turns, and look at the dearest unsolved tasks first."
        ),
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule(
    "CON119",
    "failed_work",
    find,
    __doc__ or "",
    (
        Threshold(
            "failed_share",
            Decimal("0.25"),
            "share of the cost of tasks with an outcome",
            "House value: public agents fail on 20 to 70 % of benchmark tasks; a quarter of the money "
            "is worth a look.",
        ),
    ),
)

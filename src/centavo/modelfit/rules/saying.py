"""How a rule of model fit says what it found: of a profile, with its figures as evidence."""

from collections.abc import Sequence
from decimal import Decimal

from centavo.findings import Evidence, Finding, Rule
from centavo.findings.pace import per_30_days
from centavo.findings.question import days_from
from centavo.ledger.engine import sql_text
from centavo.message import Words
from centavo.modelfit.profiles import KEYS, Profile

__all__ = ["SHOWN", "about", "profile_evidence"]

SHOWN = (
    "requests", "cost", "currency", "input_p50", "input_p95", "output_p50", "visible_p95",
    "reasoning_share", "tool_share", "streamed_share", "customer_share", "failed_share", "retry_share",
    "ms_per_token_p50",
)  # fmt: skip
_SQL = "SELECT {columns} FROM task_profiles WHERE {condition}"


def about(
    rule: Rule, profile: Profile, *, sentence: Words, saved: Decimal, to_do: Words
) -> Finding:
    """Return a finding about one profile; ``saved`` is of the profile's days."""
    return Finding(
        code=rule.code,
        subject=profile.scope,
        sentence=sentence,
        period=days_from(profile.first_day, profile.until),
        per_30d=per_30_days(saved, profile.days, profile.currency or "USD"),
        grade="estimated",
        evidence=profile_evidence([profile]),
        to_do=to_do,
        wrong_when=rule.doc.section("When it is wrong"),
    )


def profile_evidence(profiles: Sequence[Profile]) -> Evidence:
    """Return the figures of profiles, and the query of exactly them."""
    columns = (*KEYS, *SHOWN)
    conditions = [
        " AND ".join(f"{key} = {sql_text(value)}" for key, value in profile.scope.items()) or "true"
        for profile in profiles
    ]
    return Evidence.of(
        "task_profiles",
        _SQL.format(columns=", ".join(columns), condition=" OR ".join(conditions)),
        columns=columns,
        rows=[[profile.row[name] for name in columns] for profile in profiles],
    )

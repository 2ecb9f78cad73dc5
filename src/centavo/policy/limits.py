"""Budgets and quotas: how much may be spent or used, by whom, in what time."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from typing import Literal

from centavo.money import Money

__all__ = ["MEASURES", "SCOPES", "SPANS", "Budget", "Match", "Measure", "Policy", "Quota", "Span"]

Span = Literal["minute", "hour", "day", "month"]
Measure = Literal["requests", "tokens", "input_tokens", "output_tokens", "cost"]
SPANS: tuple[Span, ...] = ("minute", "hour", "day", "month")
MEASURES: tuple[Measure, ...] = ("requests", "tokens", "input_tokens", "output_tokens", "cost")
SCOPES = (
    "project", "application", "endpoint", "feature", "use_case", "environment", "team",
    "cost_center", "customer", "model", "provider", "account", "api_key",
)  # fmt: skip

Match = tuple[tuple[str, tuple[str, ...]], ...]
"""Scope name and the globs of which one must fit; all names must hold. Empty: everything."""


@dataclass(frozen=True)
class Budget:
    """Money that a scope may spend in a day or a calendar month.

    Attributes:
        name: For messages.
        match: Whom it covers.
        amount: The limit.
        per: "day" or "month".
    """

    name: str
    match: Match
    amount: Money
    per: Span


@dataclass(frozen=True)
class Quota:
    """Requests, tokens or money that a scope may use in a span of time.

    Attributes:
        name: For messages.
        match: Whom it covers.
        measure: What is counted.
        limit: The most; of ``cost`` in ``currency``.
        per: The span.
        currency: Of a limit on cost; ``None`` otherwise.
    """

    name: str
    match: Match
    measure: Measure
    limit: Decimal
    per: Span
    currency: str | None = None


@dataclass(frozen=True)
class Policy:
    """Every budget and quota of one file, in its order."""

    budgets: tuple[Budget, ...] = ()
    quotas: tuple[Quota, ...] = ()

    def budget_of(self, scope: Mapping[str, str | None]) -> Budget | None:
        """Return the first budget that covers the scope."""
        return next((each for each in self.budgets if covers(each.match, scope)), None)

    def quota_of(self, scope: Mapping[str, str | None]) -> Quota | None:
        """Return the first quota that covers the scope."""
        return next((each for each in self.quotas if covers(each.match, scope)), None)


def covers(match: Match, scope: Mapping[str, str | None]) -> bool:
    """Say whether every condition fits; a scope without the value does not fit.

    >>> covers((("application", ("chat*",)),), {"application": "chat-web"})
    True
    >>> covers((("team", ("a",)),), {"application": "chat-web"})
    False
    """
    return all(
        (value := scope.get(name)) is not None and any(fnmatchcase(value, glob) for glob in globs)
        for name, globs in match
    )

"""The scope of a lever: values by dimension, with ``*`` and ``?`` as wildcards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from centavo.ledger.engine import sql_text

__all__ = ["DIMENSIONS", "EVERYTHING", "Where"]

DIMENSIONS: dict[str, str] = {
    "project": "project",
    "application": "application",
    "endpoint": "endpoint",
    "feature": "feature",
    "use_case": "use_case",
    "environment": "environment",
    "team": "team",
    "cost_center": "cost_center",
    "customer": "customer_id",
    "model": "coalesce(priced_model, answered_model, requested_model)",
    "provider": "provider",
    "account": "account_id",
    "api_key": "api_key_id",
    "tier": "coalesce(processing_tier, 'standard')",
}
"""Dimension -> expression on ``events``; the names are those of ``centavo costs --by``."""


@dataclass(frozen=True)
class Where:
    """Conditions that must all hold; each is a dimension and the values of which one must fit."""

    conditions: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @classmethod
    def of(cls, values: Mapping[str, Sequence[str]]) -> "Where":
        """Return the scope of values by dimension."""
        return cls(tuple((name, tuple(texts)) for name, texts in sorted(values.items())))

    @property
    def sql(self) -> str:
        """The condition, for a WHERE on ``events``; an empty value means "has none"."""
        parts = [
            "(" + " OR ".join(_fits(DIMENSIONS[name], text) for text in texts) + ")"
            for name, texts in self.conditions
        ]
        return " AND ".join(parts) or "true"

    @property
    def text(self) -> str:
        """The scope as a person reads it.

        >>> Where.of({"application": ["chat"], "environment": ["test", "dev"]}).text
        'application chat, environment dev|test'
        >>> Where().text
        'everything'
        """
        listed = (f"{name} {'|'.join(sorted(texts))}" for name, texts in self.conditions)
        return ", ".join(listed) or "everything"


def _fits(column: str, text: str) -> str:
    if not text:
        return f"{column} IS NULL"
    if any(sign in text for sign in "*?["):
        return f"{column} GLOB {sql_text(text)}"
    return f"{column} = {sql_text(text)}"


EVERYTHING = Where()

"""The dimensions that cost can be asked by, and how a question about them becomes SQL."""

import difflib
from collections.abc import Mapping, Sequence

from centavo.errors import ConfigError
from centavo.ledger.engine import sql_text
from centavo.period import Grain, Period

__all__ = ["DIMENSIONS", "EVENT_DIMENSIONS", "filter_sql", "key_columns", "quoted"]

DIMENSIONS: dict[str, str] = {
    "project": "cloud project, subscription or linked account",
    "model": "model",
    "endpoint": "endpoint or route",
    "feature": "feature of the application",
    "use_case": "what the call was for",
    "application": "application",
    "team": "team that owns the cost",
    "environment": "production, staging, test …",
    "cost_center": "cost centre that pays",
    "customer": "customer of your own product",
    "provider": "who sold it",
    "service": "service on the bill",
    "service_category": "FOCUS service category",
    "sku": "SKU on the bill",
    "account": "billing account, organisation or workspace",
    "sub_account": "sub-account of the bill",
    "region": "region",
    "resource": "resource on the bill",
    "charge_category": "usage, tax, credit, purchase or adjustment",
    "cost_type": "the provider's own cost type",
    "billing_month": "invoice month",
    "source": "source that read it",
    "attribution": "how the scope was known",
    "token_class": "direction and cache action of the tokens",
    "tier": "standard, batch, flex, priority …",
    "api_key": "API key id",
    "status": "ok or error",
}

EVENT_DIMENSIONS = frozenset(
    {
        "project", "model", "endpoint", "feature", "use_case", "application", "team", "environment",
        "cost_center", "customer", "provider", "source", "account", "region", "api_key", "tier",
    }
)  # fmt: skip

_TAG = "tag:"


def key_columns(
    by: Sequence[str], *, grain: Grain | None = None, at: str = "charged_at", tags: str = "tags"
) -> str:
    """Return the SELECT list of a grouping, ready to stand before further columns.

    Raises:
        ConfigError: A dimension is not known.
    """
    parts = [f"{_expression(name, tags)} AS {quoted(name)}" for name in by]
    if grain:
        # A date, formatted in Python: strftime on every row would cost more than the sum.
        parts.insert(0, f"date_trunc('{grain}', {at})::DATE AS \"period\"")
    return "".join(f"{part}, " for part in parts)


def filter_sql(
    period: Period, where: Mapping[str, str], *, at: str = "charged_at", tags: str = "tags"
) -> str:
    """Return the WHERE condition of a period and of exact values by dimension.

    An empty value means "has none".
    """
    conditions = ["true"]
    if period.since:
        conditions.append(f"{at} >= TIMESTAMP '{period.since:%Y-%m-%d %H:%M:%S}'")
    if period.until:
        conditions.append(f"{at} < TIMESTAMP '{period.until:%Y-%m-%d %H:%M:%S}'")
    for name, value in where.items():
        column = _expression(name, tags)
        conditions.append(f"{column} = {sql_text(value)}" if value else f"{column} IS NULL")
    return " AND ".join(conditions)


def _expression(name: str, tags: str) -> str:
    if name.startswith(_TAG) and len(name) > len(_TAG):
        key = name.removeprefix(_TAG).replace('"', '\\"')
        return f"json_extract_string({tags}, {sql_text(f'$.{chr(34)}{key}{chr(34)}')})"
    if name not in DIMENSIONS:
        near = difflib.get_close_matches(name, DIMENSIONS, n=2)
        meant = f"Did you mean {' or '.join(near)}? " if near else ""
        raise ConfigError(
            f"{name!r} is not a dimension",
            hint=f"{meant}Known: {', '.join(DIMENSIONS)}, and tag:KEY for any tag or label.",
        )
    return name


def quoted(name: str) -> str:
    """Return the name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'

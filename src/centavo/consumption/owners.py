"""Who should look at a finding: the team of most of its cost, and how that is known."""

from dataclasses import replace
from decimal import Decimal

from centavo.findings import Finding, Owner
from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.message import N_, message, percent

__all__ = ["with_owner"]

_DIMENSIONS = {
    "provider", "account", "project", "application", "environment", "endpoint", "feature", "model",
    "service", "team", "customer", "api_key", "grade",
}  # fmt: skip
_MOST = 0.5
# How an owner is known, by dimension, the best first.
_KNOWN_BY: dict[str, str] = {
    "team": N_("team of {share} of the cost"),
    "cost_center": N_("cost centre of {share} of the cost"),
    "application": N_("application of {share} of the cost"),
    "project": N_("project of {share} of the cost"),
}


def with_owner(ledger: Ledger, finding: Finding) -> Finding:
    """Return the finding with its owner, or as it is when nobody can be inferred.

    The table ``spend_days`` must be there: ``spend_tables`` makes it.
    """
    conditions = [
        f"{name} = {sql_text(value)}"
        for name, value in finding.subject.items()
        if name in _DIMENSIONS
    ]
    if not conditions:
        return finding
    rows = ledger.rows(
        f"""SELECT team, cost_center, application, project, sum(greatest(gross_amount, 0))::DOUBLE
        FROM spend_days WHERE {" AND ".join(conditions)} GROUP BY ALL"""
    ) or ledger.rows(
        f"""SELECT team, cost_center, application, project, sum(coalesce(cost, 0))::DOUBLE
        FROM call_hours WHERE {" AND ".join(c for c in conditions if not c.startswith("service"))}
        GROUP BY ALL"""
    )
    whole = sum(float(str(row[4])) for row in rows)
    for place, said in enumerate(_KNOWN_BY.values()):
        parts: dict[str, float] = {}
        for row in rows:
            if row[place] is not None:
                parts[str(row[place])] = parts.get(str(row[place]), 0) + float(str(row[4]))
        if parts and whole:
            name = max(parts, key=lambda each: parts[each])
            share = parts[name] / whole
            if share >= _MOST:
                basis = message(said, share=percent(Decimal(str(share))))
                return replace(finding, owner=Owner(name, basis))
    return finding

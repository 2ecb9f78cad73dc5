"""Whose a finding on requests is: the team that most of its cost is of."""

from dataclasses import replace
from decimal import Decimal

from centavo.findings.finding import Finding, Owner
from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.message import message, percent

__all__ = ["owned"]

_OWNED_BY = ("application", "project", "environment", "endpoint", "feature")


def owned(ledger: Ledger, finding: Finding) -> Finding:
    """Return the finding with the team of at least half of its scope's cost as owner, where there is one.

    Args:
        ledger: With the view ``metered_events``.
        finding: One that names an owner already keeps it.
    """
    named = {name: value for name, value in finding.subject.items() if name in _OWNED_BY}
    if not named and "model" in finding.subject:
        # A model over all its callers.
        named = {
            "coalesce(priced_model, answered_model, requested_model)": finding.subject["model"]
        }
    if not named or finding.owner:
        return finding
    conditions = [f"{name} = {sql_text(value)}" for name, value in named.items()]
    rows = ledger.rows(
        "SELECT team, sum(cost) / nullif(sum(sum(cost)) OVER (), 0) AS share FROM metered_events "
        f"WHERE {' AND '.join(conditions)} AND cost IS NOT NULL GROUP BY team "
        "QUALIFY team IS NOT NULL AND share >= 0.5 ORDER BY share DESC LIMIT 1"
    )
    if not rows:
        return finding
    team, share = str(rows[0][0]), Decimal(str(rows[0][1]))
    basis = message("team of {share} of the cost", share=percent(share))
    return replace(finding, owner=Owner(team, basis))

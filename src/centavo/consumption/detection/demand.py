"""Whether an incident is demand: more requests of many clients, each at the cost that it had before.

Twice the customers at the same cost per request is business, not an anomaly. Where requests are metered,
extra cost splits exactly: requests more, at the old cost per request, and the rest. What one client
sends alone (a loop, a retry storm, a leaked key) is an anomaly at whatever cost per request.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from centavo.consumption.detection.asking import ask
from centavo.consumption.detection.incident import Incident
from centavo.findings.question import Row, amount_of, text_of
from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.money import EXACT

__all__ = ["Demand", "demand_of"]

_BEFORE_DAYS = 28
_LEAST_CLIENTS = 5
_CALL_DIMENSIONS = ("application", "environment", "project", "model")


@dataclass(frozen=True)
class Demand:
    """Who asked, before and during an incident.

    Attributes:
        share: Part of the extra cost that more requests at the old cost per request explain.
        clients: Clients with requests during the incident.
        kind: ``customer`` or ``api_key``.
        main_client: The client with most of the extra requests …
        main_share: … and its part of them.
    """

    share: Decimal
    clients: int
    kind: str
    main_client: str
    main_share: Decimal

    def is_spread(self) -> bool:
        """Say whether the extra requests come from many clients, none of them with half."""
        return self.clients >= _LEAST_CLIENTS and self.main_share < Decimal("0.5")


def demand_of(ledger: Ledger, incident: Incident) -> Demand | None:
    """Return who asked; ``None`` where requests or their clients are not known, or did not grow."""
    since = incident.onset - timedelta(days=_BEFORE_DAYS)
    answer = ask(
        ledger,
        "demand",
        scope=incident.scope.condition(_CALL_DIMENSIONS),
        onset=_day(incident.onset),
        since=_day(since),
        until=_day(incident.until),
    )
    rows = [row for row in answer.rows if row["client"] is not None]
    known = sum(int(str(row["requests_during"])) for row in rows)
    asked = sum(int(str(row["requests_during"])) for row in answer.rows)
    if not rows or 2 * known < asked:
        return None
    days = Decimal(incident.days) / Decimal(_BEFORE_DAYS)
    more = {text_of(row, "client"): _more(row, "requests", days) for row in rows}
    total = sum(more.values(), Decimal(0))
    cost_more = sum((_more(row, "cost", days) for row in answer.rows), Decimal(0))
    before = [sum((amount_of(r, f"{what}_before") for r in answer.rows), Decimal(0))
              for what in ("cost", "requests")]  # fmt: skip
    if total <= 0 or cost_more <= 0 or not before[1]:
        return None
    main = max(more, key=lambda client: more[client])
    per_request = EXACT.divide(before[0], before[1])
    return Demand(
        share=EXACT.divide(EXACT.multiply(total, per_request), cost_more),
        clients=sum(bool(row["requests_during"]) for row in rows),
        kind=text_of(rows[0], "kind"),
        main_client=main,
        main_share=EXACT.divide(max(more[main], Decimal(0)), total),
    )


def _more(row: Row, what: str, days: Decimal) -> Decimal:
    """Return what was more during the incident than in as many days before it."""
    return amount_of(row, f"{what}_during") - EXACT.multiply(amount_of(row, f"{what}_before"), days)


def _day(day: date) -> str:
    return f"DATE {sql_text(day.isoformat())}"

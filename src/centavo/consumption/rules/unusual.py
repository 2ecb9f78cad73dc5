"""What the rules of unusual days share: one detection for all of them, and how an incident is said."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

from centavo.consumption.detection.arithmetic import Arithmetic
from centavo.consumption.detection.demand import Demand, demand_of
from centavo.consumption.detection.incident import Incident, Shape
from centavo.consumption.detection.incidents import find_incidents
from centavo.consumption.detection.learnt import is_learnt
from centavo.consumption.detection.series import DailySeries, usage_series
from centavo.findings import Blind, LeftOut, RuleSettings, Threshold
from centavo.findings.rule import DEMAND, EXPECTED
from centavo.ledger.ledger import Ledger
from centavo.message import N_, Words, figure, message
from centavo.period import Period

__all__ = [
    "BUDGET", "DEMAND_SHARE", "LEAST_DAYS", "is_demand", "looked_at", "place_name", "said_arriving", "said_parts", "scope_name", "times", "unusual", "why_left_out",
]  # fmt: skip

LEAST_DAYS = 14

BUDGET = Threshold(
    "alerts_per_series_month",
    Decimal("0.1"),
    "alerts per series and 30 days",
    "ANOMALIES.md: the budget at which full rows must reach their recall. benchmarks/detection.py "
    "measures the threshold that keeps clean series within it.",
)
DEMAND_SHARE = Threshold(
    "demand_share",
    Decimal("0.5"),
    "share of the extra cost",
    "House value: when more requests of many clients at the old cost each explain more than half, the "
    "larger cause is business.",
)


def looked_at(ledger: Ledger, period: Period, settings: RuleSettings) -> DailySeries | Blind:
    """Return the daily series, or why there is nothing to compare with."""
    series = usage_series(ledger, period, settings)
    if series is None:
        return Blind("the ledger holds no spend")
    if int(series.settled.max()) < LEAST_DAYS:
        return Blind(f"less than {LEAST_DAYS} days of history")
    return series


def unusual(
    ledger: Ledger, series: DailySeries, settings: RuleSettings, *, shape: Shape
) -> tuple[list[tuple[Incident, Demand | None]], Counter[LeftOut]]:
    """Return the incidents of one shape, of each scope the dearest, and how many were left out.

    Those that demand explains, and those that somebody expects, are no findings.
    """
    budget = float(settings.limits[BUDGET.name])
    found = find_incidents(
        series,
        per_series_month=budget,
        country=settings.holidays,
        is_learnt=lambda incident: is_learnt(incident, series, settings.expected),
    )
    kept: list[tuple[Incident, Demand | None]] = []
    left_out: Counter[LeftOut] = Counter()
    for incident in found:
        if incident.shape != shape or any(each.scope == incident.scope for each, _ in kept):
            continue
        demand = demand_of(ledger, incident)
        why = why_left_out(incident, demand, series, settings)
        if why:
            left_out[why] += 1
        else:
            kept.append((incident, demand))
    return kept, left_out


def why_left_out(
    incident: Incident, demand: Demand | None, series: DailySeries, settings: RuleSettings
) -> LeftOut | None:
    """Return why an incident is no finding, or ``None`` where it is one."""
    if is_demand(demand, settings):
        return DEMAND
    client = demand.main_client if demand is not None and not demand.is_spread() else None
    return EXPECTED if is_learnt(incident, series, settings.expected, client=client) else None


def is_demand(demand: Demand | None, settings: RuleSettings) -> bool:
    """Say whether more requests of many clients are the larger cause."""
    return (
        demand is not None
        and demand.is_spread()
        and demand.share > settings.limits[DEMAND_SHARE.name]
    )


def place_name(incident: Incident) -> Words:
    """Return where it is, as a sentence says it: ``gpt-5.5 of conteudo-marketing (production)``."""
    return scope_name(incident.scope.subject)


def scope_name(names: Mapping[str, str]) -> Words:
    """Return the same of dimensions that are known."""
    place = names.get("application") or names.get("project") or names.get("account")
    stage = f" ({names['environment']})" if "environment" in names else ""
    item = names.get("model") or names.get("service")
    if place is None:
        return item or message("All spend")
    named = f"{place}{stage}"
    return message("{item} of {place}", item=item, place=named) if item else named


def said_parts(incident: Incident) -> Words:
    """Return the parts that moved together, as a sentence; empty where there are none."""
    parts = [" ".join(scope.subject.values()) for scope in incident.parts]
    if not parts:
        return ""
    return message(
        "It moved in {count} parts at once: {list}.", count=len(parts), list="; ".join(parts)
    )


def said_arriving(arithmetic: Arithmetic) -> Words:
    """Return that a day is still arriving, as a sentence; empty where it is not."""
    return N_("That is what has arrived so far.") if arithmetic.is_arriving else ""


def times(arithmetic: Arithmetic) -> Decimal | None:
    """Return how many times the expected day was reached; ``None`` where nothing was expected."""
    usual = arithmetic.usual_day()
    return figure(arithmetic.paid / len(arithmetic.actual) / usual, 1) if usual else None

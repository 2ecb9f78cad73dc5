"""What a plan states of itself and must keep: expected totals, budgets, and prices that are not old."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from centavo.planning.estimate import Estimate

__all__ = ["STALE_DAYS", "Kind", "Problem", "check_estimate", "last_seen", "stale"]

Kind = Literal["expect_total", "budget", "stale"]
# An older sight of a price is worth a second look.
STALE_DAYS = 180


@dataclass(frozen=True)
class Problem:
    """Something that a plan does not keep.

    Attributes:
        kind: What it is about.
        scenario: Scenario; empty where it is about the whole plan.
        line: Line of the plan file; ``None`` where there is none.
        message: What, and by how much.
    """

    kind: Kind
    scenario: str
    line: int | None
    message: str


def check_estimate(planned: Estimate, *, odds_within_budget: float | None = None) -> list[Problem]:
    """Return what a scenario's estimate does not keep of what the plan states.

    Args:
        planned: The estimate.
        odds_within_budget: Share of draws within its budget; ``None`` where nothing was drawn.
    """
    scenario, currency = planned.resolved.scenario, planned.plan.currency
    found: list[Problem] = []

    def put(kind: Kind, message: str) -> None:
        found.append(Problem(kind, scenario.name, scenario.line, message))

    total, expected = planned.first.amount, scenario.expect_total
    if expected is not None and total != expected:
        put(
            "expect_total",
            f"costs {_plain(total)} {currency} a month where {_plain(expected)} is expected:"
            f" {_plain(total - expected)} off",
        )
    highest = max(planned.taxed_months)
    if scenario.budget is not None and highest > scenario.budget:
        month = planned.plan.month(planned.taxed_months.index(highest))
        put(
            "budget",
            f"costs {highest:,.2f} {currency} in {month:%Y-%m} with taxes, and the budget is"
            f" {_plain(scenario.budget)}",
        )
    wanted = scenario.confidence
    if wanted is not None and odds_within_budget is not None and odds_within_budget < wanted:
        put(
            "budget",
            f"stays within its budget in {100 * odds_within_budget:.1f} % of draws, and"
            f" {100 * wanted:.0f} % are asked for",
        )
    return found


def last_seen(planned: Estimate, today: date) -> dict[str, date]:
    """Return the prices, rates and taxes last seen more than ``STALE_DAYS`` days before, with the day."""
    seen = {it.line.price.name: max(d.seen for d in it.line.dated) for it in planned.lines}
    seen |= {f"{it.base}/{it.to}": it.as_of for it in planned.plan.rates}
    seen |= {it.name: it.as_of for it in planned.plan.taxes}
    return {name: day for name, day in seen.items() if (today - day).days > STALE_DAYS}


def stale(planned: Estimate, today: date) -> list[Problem]:
    """Return what is stale as problems of the whole plan."""
    return [
        Problem("stale", "", None, f"{name} was last seen on {day}, {(today - day).days} days ago")
        for name, day in last_seen(planned, today).items()
    ]


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize() + 0:f}"

"""Plans as JSON: money as exact text, draws to the cent."""

from decimal import Decimal
from typing import TYPE_CHECKING

from centavo.cli.plan_text import band_json
from centavo.money import Money
from centavo.planning.estimate import Estimate, LineEstimate

if TYPE_CHECKING:
    from centavo.planning.simulation import Simulation

__all__ = ["estimate_json"]


def estimate_json(planned: Estimate, drawn: "Simulation | None" = None) -> dict[str, object]:
    """Return one scenario: totals, lines, and what was drawn."""
    plan, scenario = planned.plan, planned.resolved.scenario

    def money(amount: Decimal) -> dict[str, str]:
        return Money(amount, plan.currency).as_json()

    found: dict[str, object] = {
        "scenario": scenario.name,
        "grade": "estimated",
        "start": plan.start.isoformat(),
        "months": plan.months,
        "month": planned.first.as_json(),
        "month_with_taxes": money(planned.taxed_months[0]),
        "horizon": planned.horizon.as_json(),
        "horizon_with_taxes": planned.taxed_horizon.as_json(),
        "shown_in": {
            to: {
                "month_with_taxes": planned.shown_in(planned.taxed_months[0], to).as_json(),
                "horizon_with_taxes": planned.shown_in(planned.taxed_horizon.amount, to).as_json(),
            }
            for to in plan.show
        },
        "by_month": [money(it) for it in planned.months],
        "taxes": {name: money(costs[0]) for name, costs in planned.taxes.items()},
        "lines": [_line(it, plan.currency) for it in planned.lines],
        "carried": dict(planned.resolved.carried),
        "off": sorted(scenario.off),
        "expect_total": None if scenario.expect_total is None else money(scenario.expect_total),
        "budget": None if scenario.budget is None else money(scenario.budget),
    }
    if drawn is not None:
        found["simulated"] = {
            "grade": "simulated",
            "month": band_json(drawn.first, plan.currency),
            "horizon": band_json(drawn.horizon, plan.currency),
            "odds_within_month": _share(drawn.share_within(float(planned.first.amount))),
            "odds_within_budget": None
            if scenario.budget is None
            else _share(drawn.share_within(float(scenario.budget), taxed=True)),
            "mean_above_total": _share(drawn.optimism(planned)),
        }
    return found


def _share(share: float) -> str:
    return f"{share:.4f}"


def _line(it: LineEstimate, currency: str) -> dict[str, object]:
    dated = it.line.dated[0]
    return {
        "component": it.name,
        "quantity": format(it.quantities[0], "f"),
        "unit": dated.unit.text,
        "price": Money(dated.amount, dated.currency).as_json(),
        "price_name": it.line.price.name,
        "evidence": dated.evidence,
        "as_of": dated.seen.isoformat(),
        "source": dated.source,
        "month": Money(it.costs[0], currency).as_json(),
        "horizon": Money(Decimal(it.horizon), currency).as_json(),
        "scope": dict(it.line.component.scope),
    }

"""A simulation as JSON."""

from decimal import Decimal

from centavo.cli.coverage_text import coverage_json
from centavo.cli.levers import lever_kinds
from centavo.ledger.coverage import Coverage
from centavo.money import Money
from centavo.savings import Simulation, Step
from centavo.savings.interactions import interactions
from centavo.savings.interval import METHOD, Interval
from centavo.savings.plan_file import Plan

__all__ = ["simulation_json"]


def simulation_json(found: Simulation, plan: Plan, coverage: Coverage) -> dict[str, object]:
    """Return everything that a simulation says; amounts as text, exact."""
    since, until = found.period.since, found.period.until
    return {
        "schema": "centavo.simulation/1",
        "grade": "simulated",
        "plan": plan.name,
        "since": since.isoformat() if since else None,
        "until": until.isoformat() if until else None,
        "days": found.days,
        "by": list(found.by),
        "price_snapshot": found.book,
        "seed": found.seed,
        "interval_method": METHOD,
        "totals": [_total(found, currency) for currency in found.currencies],
        "levers": [_step(found, step, place=place) for place, step in enumerate(found.steps, 1)],
        "interactions": [
            {
                "earlier": each.earlier + 1,
                "later": each.later + 1,
                "requests": each.requests,
                "exclusive": each.is_exclusive,
                "unusual_order": each.is_unusual_order,
            }
            for each in interactions(found, lever_kinds())
        ],
        "requests": {
            "all": found.baseline.requests,
            "priced": found.baseline.priced_requests,
            "unpriced": dict(found.baseline.unpriced),
            "known_only_in_sums": found.baseline.summed,
        },
        "coverage": coverage_json(coverage),
    }


def _total(found: Simulation, currency: str) -> dict[str, object]:
    saved = found.saved(currency)
    return {
        "currency": currency,
        "baseline": _amount(found.baseline_cost(currency)),
        "recorded": _amount(found.baseline.recorded.get(currency, Decimal(0))),
        "reduction": _amount(saved),
        "avoidance": _amount(found.saved(currency, "avoidance")),
        "naive_sum_which_is_wrong": _amount(found.naive_sum(currency)),
        "reduction_per_30d": _amount(found.per_30d(currency, saved).amount),
        "interval_per_30d": _interval(found.interval.get(currency)),
        "scopes": [
            {
                "scope": dict(zip(found.by, scope, strict=True)),
                "cost_after_each_lever": [_amount(cost) for cost in costs],
            }
            for scope, costs in found.by_scope(currency)
        ],
    }


def _step(found: Simulation, step: Step, *, place: int) -> dict[str, object]:
    quality = step.lever.quality
    return {
        "place": place,
        "lever": step.lever.kind,
        "label": step.lever.label,
        "scope": step.lever.where.text,
        "kind": step.lever.saving,
        "touched_requests": step.touched,
        "amounts": [
            {
                "currency": currency,
                "saves": _amount(step.amount(currency)),
                "saves_per_30d": _amount(found.per_30d(currency, step.amount(currency)).amount),
                "cost_after": _amount(found.cost_after(currency, place)),
                "alone": _amount(step.alone.get(currency, Decimal(0))),
                "interval_per_30d": _interval(step.interval.get(currency)),
            }
            for currency in found.currencies
        ],
        "quality": {
            "lossless": quality.is_lossless,
            "change": None if quality.change is None else str(quality.change),
            "basis": str(quality.basis),
        },
        "not_simulated": dict(step.not_simulated),
        "notes": list(step.notes),
    }


def _interval(interval: Interval | None) -> dict[str, str] | None:
    if interval is None:
        return None
    return {
        "low": str(interval.low),
        "high": str(interval.high),
        "confidence": str(interval.confidence),
    }


def _amount(amount: Decimal) -> str:
    return Money(amount, "").as_json()["amount"]

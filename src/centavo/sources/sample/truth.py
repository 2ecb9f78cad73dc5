"""TRUTH.json: what was planted, and the totals that the files must add up to."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from importlib.metadata import version

from centavo.money import Money
from centavo.sources.sample.call import Call
from centavo.sources.sample.company import APPLICATIONS, COMPANY, UNLABELLED
from centavo.sources.sample.decoys import Decoy, decoys
from centavo.sources.sample.google_bill import GoogleCharge
from centavo.sources.sample.incidents import Facts, Incident, planted
from centavo.sources.sample.plan import Window, add_months
from centavo.sources.sample.pricelist import usd
from centavo.sources.sample.texts import CHARACTERS_PER_TOKEN
from centavo.sources.sample.vendor_costs import REFUND_USD, SEATS_USD

__all__ = ["SCHEMA", "truth"]

SCHEMA = "centavo.sample-truth/1"
Json = dict[str, object]


def _money(amount: Decimal, currency: str) -> dict[str, str]:
    return Money(amount, currency).as_json()


def _window(window: Window) -> Json:
    return {"since": str(window.since), "until": str(window.until)}


def _series(daily: dict[date, Decimal], currency: str, days: int) -> Json:
    """Return total, mean per day, and the amounts by month and by day."""
    months: defaultdict[str, Decimal] = defaultdict(Decimal)
    for day, amount in daily.items():
        months[f"{day:%Y-%m}"] += amount
    total = sum(daily.values(), Decimal(0))
    per_day = (total / days).quantize(Decimal("0.01"))
    return {
        "total": _money(total, currency),
        "mean_per_day": _money(per_day, currency),
        "by_month": {month: _money(amount, currency) for month, amount in sorted(months.items())},
        "by_day": {str(day): _money(amount, currency)["amount"] for day, amount in daily.items()},
    }


def _incident(incident: Incident) -> Json:
    extra = {"usd": _series(incident.daily_usd, "USD", incident.window.days)}
    if incident.daily_brl:
        extra["brl"] = _series(incident.daily_brl, "BRL", incident.window.days)
    return {
        "id": incident.id,
        "kind": incident.kind,
        "module": incident.module,
        "what": incident.what,
        "scope": incident.scope,
        **_window(incident.window),
        "visible_in": list(incident.visible_in),
        "measure": incident.measure,
        "facts": incident.facts,
        "extra": extra,
    }


def _decoy(decoy: Decoy) -> Json:
    return {
        "id": decoy.id,
        "looks_like": decoy.looks_like,
        "why_harmless": decoy.why,
        "scope": decoy.scope,
        **_window(decoy.window),
        "days": [str(day) for day in decoy.days],
    }


def _calls_by(calls: list[Call], key: Callable[[Call], str]) -> Json:
    """Return requests and cost in dollars by a property of the request, at list price."""
    cost: defaultdict[str, int] = defaultdict(int)
    count: defaultdict[str, int] = defaultdict(int)
    for call in calls:
        cost[key(call)] += call.cost_pico
        count[key(call)] += 1
    return {
        name: {"requests": count[name], "cost": _money(usd(cost[name]), "USD")}
        for name in sorted(cost)
    }


def _google_by(charges: list[GoogleCharge], key: Callable[[GoogleCharge], str]) -> Json:
    """Return reais before credits, credits and net by a property of the row."""
    gross: defaultdict[str, Decimal] = defaultdict(Decimal)
    credit: defaultdict[str, Decimal] = defaultdict(Decimal)
    for charge in charges:
        gross[key(charge)] += charge.brl
        credit[key(charge)] += charge.credit_brl
    return {
        name: {
            "cost": _money(gross[name], "BRL"),
            "credits": _money(credit[name], "BRL"),
            "net": _money(gross[name] + credit[name], "BRL"),
        }
        for name in sorted(gross)
    }


def _vendor_totals(facts: Facts) -> Json:
    """Return what OpenAI and Anthropic bill by month, in dollars."""
    totals: defaultdict[str, defaultdict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for call in facts.calls:
        if call.provider != "google":
            totals[call.provider][f"{call.day:%Y-%m}"] += usd(call.cost_pico)
    month = facts.plan.since
    while month < facts.plan.until:
        totals["anthropic"][f"{month:%Y-%m}"] += SEATS_USD
        month = add_months(month, 1)
    if facts.plan.refund < facts.plan.until:
        totals["anthropic"][f"{facts.plan.refund:%Y-%m}"] += REFUND_USD
    return {
        provider: {month: _money(amount, "USD") for month, amount in sorted(months.items())}
        for provider, months in sorted(totals.items())
    }


def _log(facts: Facts) -> Json:
    logged = [each for each in facts.calls if each.is_logged]
    unlogged = sum(each.cost_pico for each in facts.calls if not each.is_logged)
    return {
        "requests": len(facts.calls),
        "logged": len(logged),
        "logged_cost": _money(usd(sum(each.cost_pico for each in logged)), "USD"),
        "unlogged_cost": _money(usd(unlogged), "USD"),
        "unlogged_only_in": UNLABELLED,
        "failed": sum(each.status != 200 for each in logged),
        "with_bodies": sum(each.body is not None for each in logged),
        "characters_per_token": CHARACTERS_PER_TOKEN,
        "by_model": _calls_by(logged, lambda each: each.model),
        "by_application": _calls_by(logged, lambda each: each.application),
        "by_environment": _calls_by(logged, lambda each: each.environment),
    }


def truth(facts: Facts, *, seed: int) -> Json:
    """Return the content of TRUTH.json."""
    plan = facts.plan
    return {
        "schema": SCHEMA,
        "synthetic": True,
        "company": COMPANY,
        "seed": seed,
        **_window(plan.whole),
        "last_day": str(plan.until - timedelta(days=1)),
        "prices": {"source": "genai-prices", "version": version("genai-prices")},
        "applications": [
            {
                "application": each.name,
                "team": each.team,
                "cost_center": each.cost_center,
                "purpose": each.purpose,
            }
            for each in APPLICATIONS
        ],
        "log": _log(facts),
        "billed": {
            **_vendor_totals(facts),
            "google": _google_by(facts.charges, lambda each: f"{each.day:%Y-%m}"),
        },
        "google_by_application": _google_by(facts.charges, lambda each: each.application),
        "incidents": [_incident(each) for each in planted(facts)],
        "decoys": [_decoy(each) for each in decoys(plan)],
    }

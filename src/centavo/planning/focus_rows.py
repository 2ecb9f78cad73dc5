"""A scenario as FOCUS charges: one row for each component and month, graded estimated."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from centavo.money import EXACT, LEDGER_DECIMALS
from centavo.planning.estimate import Estimate, LineEstimate

__all__ = ["FOCUS_COLUMNS", "focus_rows"]

FOCUS_COLUMNS: tuple[str, ...] = (
    "BilledCost", "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodEnd",
    "BillingPeriodStart", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency",
    "ChargePeriodEnd", "ChargePeriodStart", "ContractedCost", "EffectiveCost",
    "HostProviderName", "InvoiceIssuerName", "ListCost",
    "PricingQuantity", "PricingUnit", "ResourceId", "ResourceName", "ServiceCategory",
    "ServiceName", "ServiceProviderName", "Tags", "x_CostBasis",
)  # fmt: skip


def focus_rows(planned: Estimate) -> Iterator[dict[str, str]]:
    """Yield the rows of all months, taxes as rows of their own; values as text.

    Costs of the four kinds are the same: a plan knows one. Amounts have 12 decimals.
    """
    plan = planned.plan
    for month in range(plan.months):
        start, end = (_instant(planned, number) for number in (month, month + 1))
        period = {
            "BillingAccountId": f"plan:{plan.name}",
            "BillingAccountName": planned.resolved.scenario.name,
            "BillingCurrency": plan.currency,
            "BillingPeriodStart": start,
            "BillingPeriodEnd": end,
            "ChargePeriodStart": start,
            "ChargePeriodEnd": end,
            # Nobody sells or bills a plan; the standard wants a name.
            "InvoiceIssuerName": "None (planned)",
            "ServiceProviderName": "None (planned)",
            "x_CostBasis": "estimated",
        }
        for line in planned.lines:
            yield period | _costs(line.costs[month]) | _line(line, month)
        for name, amounts in planned.taxes.items():
            said = {"ChargeCategory": "Tax", "ChargeDescription": name, "ServiceName": name}
            yield period | _costs(amounts[month]) | said


def _line(line: LineEstimate, month: int) -> dict[str, str]:
    dated = line.line.dated[month]
    tags = dict(line.line.component.scope) | {
        "price": line.line.price.name,
        "price_evidence": dated.evidence,
        "price_source": dated.source,
    }
    return {
        "ChargeCategory": "Usage",
        "ChargeDescription": f"Planned: {line.name}",
        "ChargeFrequency": "Usage-Based",
        "PricingQuantity": _plain(line.quantities[month].quantize(LEDGER_DECIMALS, context=EXACT)),
        "PricingUnit": dated.unit.text,
        "ResourceId": line.name,
        "ResourceName": line.name,
        "ServiceCategory": "Other",
        "ServiceName": line.line.price.name,
        "Tags": json.dumps(tags),
    }


def _costs(amount: Decimal) -> dict[str, str]:
    text = _plain(amount)
    return dict.fromkeys(("BilledCost", "ContractedCost", "EffectiveCost", "ListCost"), text)


def _plain(amount: Decimal) -> str:
    return f"{amount.normalize() + 0:f}"


def _instant(planned: Estimate, month: int) -> str:
    first = planned.plan.month(month)
    return datetime(first.year, first.month, 1, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

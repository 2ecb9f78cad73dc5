"""OpenAI's and Anthropic's costs as FOCUS 1.2 CSV: a row per day, project, model and token class."""

import csv
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from centavo.sources.sample.call import Call
from centavo.sources.sample.company import UNLABELLED, application, vendor_project
from centavo.sources.sample.plan import Plan, add_months
from centavo.sources.sample.pricelist import PriceList, usd

__all__ = ["REFUND_USD", "SEATS_USD", "write_vendor_costs"]

REFUND_USD = Decimal("-150.00")
SEATS_USD = Decimal("500.00")
_NAMES = {"openai": "OpenAI", "anthropic": "Anthropic"}
_ACCOUNTS = {"openai": "org-synthetic-example", "anthropic": "00000000-synthetic-example"}
_MILLION = Decimal(1_000_000)

_COLUMNS: tuple[str, ...] = (
    "AvailabilityZone",
    "BilledCost",
    "BillingAccountId",
    "BillingAccountName",
    "BillingAccountType",
    "BillingCurrency",
    "BillingPeriodEnd",
    "BillingPeriodStart",
    "ChargeCategory",
    "ChargeClass",
    "ChargeDescription",
    "ChargeFrequency",
    "ChargePeriodEnd",
    "ChargePeriodStart",
    "ConsumedQuantity",
    "ConsumedUnit",
    "ContractedCost",
    "ContractedUnitPrice",
    "EffectiveCost",
    "InvoiceId",
    "InvoiceIssuerName",
    "ListCost",
    "ListUnitPrice",
    "PricingCategory",
    "PricingCurrency",
    "PricingQuantity",
    "PricingUnit",
    "ProviderName",
    "PublisherName",
    "RegionId",
    "RegionName",
    "ResourceId",
    "ResourceName",
    "ResourceType",
    "ServiceCategory",
    "ServiceName",
    "ServiceSubcategory",
    "SkuId",
    "SkuMeter",
    "SkuPriceDetails",
    "SkuPriceId",
    "SubAccountId",
    "SubAccountName",
    "SubAccountType",
    "Tags",
)


@dataclass(frozen=True)
class _TokenClass:
    """One priced class of tokens, as FOCUS will name it."""

    direction: str
    action: str
    words: str
    retention: str = ""


_CLASSES = (
    _TokenClass("Input", "Uncached", "input"),
    _TokenClass("Input", "Read", "cached input"),
    _TokenClass("Input", "Write", "5m cache writes", "5m"),
    _TokenClass("Output", "Uncached", "output"),
)
# Provider, day, application, environment, model, whether the long-context price applied.
_Key = tuple[str, date, str, str, str, bool]


def _plain(amount: Decimal) -> str:
    """Return the number without exponent and without zeros at its end."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _charge(provider: str, day: date, *, cost: Decimal, description: str) -> dict[str, str]:
    """Return the columns that every row has."""
    month = day.replace(day=1)
    name = _NAMES[provider]
    amount = _plain(cost)
    return {
        "BilledCost": amount,
        "BillingAccountId": _ACCOUNTS[provider],
        "BillingAccountName": "Loja Exemplo (synthetic)",
        "BillingAccountType": "Organization",
        "BillingCurrency": "USD",
        "BillingPeriodEnd": f"{add_months(month, 1)}T00:00:00Z",
        "BillingPeriodStart": f"{month}T00:00:00Z",
        "ChargeDescription": description,
        "ChargePeriodEnd": f"{day + timedelta(days=1)}T00:00:00Z",
        "ChargePeriodStart": f"{day}T00:00:00Z",
        "ContractedCost": amount,
        "EffectiveCost": amount,
        "InvoiceId": f"{name.upper()}-{month:%Y%m}",
        "InvoiceIssuerName": name,
        "ListCost": amount,
        "PricingCurrency": "USD",
        "ProviderName": name,
        "PublisherName": name,
        "ServiceCategory": "AI and Machine Learning",
        "ServiceName": f"{name} API",
        "ServiceSubcategory": "Generative AI",
    }


def _sub_account(name: str, environment: str, provider: str) -> dict[str, str]:
    project = vendor_project(name, environment)
    row = {
        "SubAccountId": project,
        "SubAccountName": project.removeprefix("proj_"),
        "SubAccountType": "Workspace" if provider == "anthropic" else "Project",
    }
    if name != UNLABELLED:
        owner = application(name)
        row["Tags"] = json.dumps(
            {
                "application": name,
                "environment": environment,
                "team": owner.team,
                "cost_center": owner.cost_center,
            }
        )
    return row


def _usage_row(key: _Key, kind: _TokenClass, *, tokens: int, unit_price: int) -> dict[str, str]:
    provider, day, name, environment, model, is_long = key
    price = _plain(Decimal(unit_price) / _MILLION)
    details = {
        "x_ModelDeveloper": _NAMES[provider],
        "x_ModelId": model,
        "x_TokenDirection": kind.direction,
        "x_TokenCacheAction": kind.action,
        "x_ProcessingTier": "standard",
        "x_TokenModality": "text",
        "x_ContextTier": "long" if is_long else "standard",
    }
    if kind.retention:
        details["x_CacheRetention"] = kind.retention
    sku = f"{model}-{kind.words.replace(' ', '-')}"
    return (
        _charge(provider, day, cost=usd(tokens * unit_price), description=f"{model}, {kind.words}")
        | _sub_account(name, environment, provider)
        | {
            "ChargeCategory": "Usage",
            "ChargeFrequency": "Usage-Based",
            "ConsumedQuantity": str(tokens),
            "ConsumedUnit": "Tokens",
            "ContractedUnitPrice": price,
            "ListUnitPrice": price,
            "PricingCategory": "Standard",
            "PricingQuantity": _plain(Decimal(tokens) / _MILLION),
            "PricingUnit": "1000000 Tokens",
            "SkuId": sku,
            "SkuMeter": f"{kind.words} tokens",
            "SkuPriceDetails": json.dumps(details),
            "SkuPriceId": f"{sku}-{price}",
        }
    )


def _usage_rows(calls: Iterable[Call], prices: PriceList) -> list[dict[str, str]]:
    sums: defaultdict[_Key, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for call in calls:
        if call.provider in _NAMES and call.status == 200:
            counted = sums[
                call.provider,
                call.day,
                call.application,
                call.environment,
                call.model,
                call.is_long,
            ]
            for index, amount in enumerate(call.tokens[:4]):
                counted[index] += amount
    rows: list[dict[str, str]] = []
    for key, counted in sorted(sums.items()):
        unit = prices.unit(key[0], key[4], day=key[1], input_tokens=10**9 if key[5] else 0)
        by_class = (unit.uncached, unit.cache_read, unit.cache_write, unit.output)
        rows += [
            _usage_row(key, kind, tokens=tokens, unit_price=price)
            for kind, tokens, price in zip(_CLASSES, counted, by_class, strict=True)
            if tokens
        ]
    return rows


def _other_rows(plan: Plan) -> list[dict[str, str]]:
    """Return what is not usage: seats on the first of each month, and one refund."""
    rows: list[dict[str, str]] = []
    month = plan.since
    while month < plan.until:
        seats = _charge(
            "anthropic", month, cost=SEATS_USD, description="Team plan, 20 seats, monthly"
        )
        rows.append(
            seats
            | _sub_account("assistente-codigo", "production", "anthropic")
            | {"ChargeCategory": "Purchase", "ChargeFrequency": "Recurring"}
        )
        month = add_months(month, 1)
    if plan.refund < plan.until:
        refund = _charge(
            "anthropic", plan.refund, cost=REFUND_USD, description="Credit for an outage"
        )
        rows.append(refund | {"ChargeCategory": "Credit", "ChargeFrequency": "One-Time"})
    return rows


def write_vendor_costs(
    calls: Iterable[Call], plan: Plan, *, prices: PriceList, folder: Path
) -> list[Path]:
    """Write ``openai/`` and ``anthropic/focus_costs_YYYY-MM.csv`` and return the files."""
    by_file: defaultdict[Path, list[dict[str, str]]] = defaultdict(list)
    for row in _usage_rows(calls, prices) + _other_rows(plan):
        month = row["ChargePeriodStart"][:7]
        by_file[folder / row["ProviderName"].lower() / f"focus_costs_{month}.csv"].append(row)
    for path, rows in by_file.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as handle:
            writer = csv.writer(handle, lineterminator="\n")
            writer.writerow(_COLUMNS)
            rows.sort(key=lambda each: each["ChargePeriodStart"])
            writer.writerows([row.get(column, "") for column in _COLUMNS] for row in rows)
    return sorted(by_file)

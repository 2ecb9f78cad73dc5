"""One row of the billing export: its records, its credits and its amounts in reais."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

import msgspec

from centavo.sources.sample.company import BILLING_ACCOUNT, application, google_project
from centavo.sources.sample.rates import reais

__all__ = ["Slice", "Usage", "adjustment_row", "tax_row", "usage_row"]

_MICRO = Decimal("0.000001")
# The services' real identifiers, which are public; SKU identifiers are invented.
_SERVICES = {
    "Vertex AI": "C7E2-9256-1C43",
    "Compute Engine": "6F81-5844-456A",
    "Cloud Storage": "95FF-2EF5-5EA1",
    "Cloud Logging": "5490-F7B7-8DF6",
    "BigQuery": "24E6-581D-38E5",
    "Support": "2062-016F-44A2",
    "Invoice": "INVOICE",
}
_CREDIT_TYPES = {
    "Committed": "COMMITTED_USAGE_DISCOUNT",
    "Sustained": "SUSTAINED_USAGE_DISCOUNT",
    "Free": "FREE_TIER",
}
# Unit of the meter, and how many of it are one pricing unit.
_METERS = {
    "count": ("count", 1),
    "hour": ("seconds", 3600),
    "gibibyte hour": ("byte-seconds", 3600 * 2**30),
    "gibibyte month": ("byte-seconds", 2_628_000 * 2**30),
    "gibibyte": ("bytes", 2**30),
    "tebibyte": ("bytes", 2**40),
    "month": ("month", 1),
}
_COUNTRY = {"us-central1": "US", "southamerica-east1": "BR"}


@dataclass(frozen=True)
class Slice:
    """The time that a row covers, in UTC, and the first day of the invoice it is on."""

    start: datetime
    end: datetime
    invoice: date

    def hours(self) -> Iterator[datetime]:
        """Return the start of every hour."""
        hour = self.start
        while hour < self.end:
            yield hour
            hour += timedelta(hours=1)


@dataclass(frozen=True)
class Usage:
    """What a row charges for.

    Attributes:
        service: Service description.
        sku: SKU description.
        application: Owner; also decides the project.
        environment: production, staging, test or development.
        amount: In pricing units.
        usd_per_unit: Price of one pricing unit.
        unit: Pricing unit.
        resource: Name of the resource; empty when the export names none.
        region: Where it ran.
        credit_share: Part of the cost that comes back as a credit, 0 to 1.
        credit: Name of the credit.
    """

    service: str
    sku: str
    application: str
    environment: str
    amount: Decimal
    usd_per_unit: Decimal
    unit: str = "count"
    resource: str = ""
    region: str = "us-central1"
    credit_share: Decimal = Decimal(0)
    credit: str = ""


def _number(value: Decimal) -> msgspec.Raw:
    """Return the digits as a JSON number; no float in between."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return msgspec.Raw(text.encode())


def sku_id(description: str) -> str:
    """Return an invented identifier in the shape of Google's, always the same for a SKU.

    >>> sku_id("Log Storage cost") == sku_id("Log Storage cost")
    True
    """
    digest = hashlib.sha256(description.encode()).hexdigest().upper()
    return f"{digest[:4]}-{digest[4:8]}-{digest[8:12]}"


def _project(usage: Usage) -> dict[str, object]:
    project = google_project(str(application(usage.application).google), usage.environment)
    number = int(hashlib.sha256(project.encode()).hexdigest()[:10], 16)
    return {
        "id": project,
        "number": str(number),
        "name": project,
        "labels": [],
        "ancestors": [
            {"resource_name": "organizations/000000000001", "display_name": "example.com"}
        ],
    }


def _labels(usage: Usage) -> list[dict[str, str]]:
    values = {
        "application": usage.application,
        "environment": usage.environment,
        "team": application(usage.application).team,
    }
    return [{"key": key, "value": value} for key, value in values.items()]


def _frame(part: Slice, *, service: str, sku: str, rate: Decimal) -> dict[str, object]:
    """Return what every row has, whatever it charges for."""
    exported = part.end + timedelta(hours=5, minutes=part.start.day)
    return {
        "billing_account_id": BILLING_ACCOUNT,
        "service": {"id": _SERVICES[service], "description": service},
        "sku": {"id": sku_id(sku), "description": sku},
        "usage_start_time": f"{part.start:%Y-%m-%dT%H:%M:%SZ}",
        "usage_end_time": f"{part.end:%Y-%m-%dT%H:%M:%SZ}",
        "export_time": f"{exported:%Y-%m-%dT%H:%M:%SZ}",
        "currency": "BRL",
        "currency_conversion_rate": _number(rate),
        "invoice": {"month": f"{part.invoice:%Y%m}"},
        "cost_type": "regular",
        "credits": [],
        "labels": [],
        "system_labels": [],
        "tags": [],
    }


def _credits(usage: Usage, amount: Decimal) -> list[dict[str, object]]:
    if not amount:
        return []
    return [
        {
            "id": sku_id(usage.credit),
            "name": usage.credit,
            "full_name": usage.credit,
            "type": _CREDIT_TYPES[usage.credit.split()[0]],
            "amount": _number(amount),
        }
    ]


def usage_row(
    usage: Usage, part: Slice, rate: Decimal
) -> tuple[dict[str, object], Decimal, Decimal]:
    """Return the row, its cost before credits and its credits, in reais."""
    cost = reais(usage.amount * usage.usd_per_unit, rate)
    credit = -(cost * usage.credit_share).quantize(_MICRO, rounding=ROUND_HALF_EVEN)
    meter, per_unit = _METERS[usage.unit]
    row = _frame(part, service=usage.service, sku=usage.sku, rate=rate) | {
        "project": _project(usage),
        "labels": _labels(usage),
        "location": {
            "location": usage.region,
            "country": _COUNTRY[usage.region],
            "region": usage.region,
        },
        "price": {
            "effective_price": _number(usage.usd_per_unit * rate),
            "tier_start_amount": 0,
            "unit": usage.unit,
            "pricing_unit_quantity": 1,
        },
        "cost": _number(cost),
        "cost_at_list": _number(cost),
        "usage": {
            "amount": _number(usage.amount * per_unit),
            "unit": meter,
            "amount_in_pricing_units": _number(usage.amount),
            "pricing_unit": usage.unit,
        },
        "credits": _credits(usage, credit),
    }
    if usage.resource:
        name = f"//{usage.service.split()[0].lower()}.googleapis.com/{usage.resource}"
        row["resource"] = {"name": usage.resource, "global_name": name}
    return row, cost, credit


def tax_row(part: Slice, rate: Decimal, *, net: Decimal) -> tuple[dict[str, object], Decimal]:
    """Return the tax of an invoice, and its amount in reais; it belongs to no project."""
    amount = net.quantize(_MICRO, rounding=ROUND_HALF_EVEN)
    row = _frame(part, service="Invoice", sku="Tax", rate=rate) | {
        "cost": _number(amount),
        "cost_type": "tax",
    }
    return row, amount


def adjustment_row(
    part: Slice, rate: Decimal, *, usd: Decimal
) -> tuple[dict[str, object], Decimal]:
    """Return a refund, and its amount in reais, which is below zero."""
    amount = reais(usd, rate)
    row = _frame(part, service="Vertex AI", sku="Service level credit", rate=rate) | {
        "cost": _number(amount),
        "cost_type": "adjustment",
        "adjustment_info": {
            "id": "ADJ-SYNTHETIC-1",
            "description": "Refund for unavailability of online prediction",
            "mode": "MANUAL_ADJUSTMENT",
            "type": "SLA_VIOLATION",
        },
    }
    return row, amount

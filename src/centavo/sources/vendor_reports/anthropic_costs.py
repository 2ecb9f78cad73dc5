"""Anthropic's cost report: ``GET /v1/organizations/cost_report``, one charge for each result.

Amounts are decimal texts in the currency's smallest unit: ``"123.78912"`` in USD is 1.2378912 USD.
Source: platform.claude.com/docs/en/api/admin/cost_report.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from centavo.money import EXACT
from centavo.sources.record_values import RecordError, text
from centavo.sources.source import Probe
from centavo.sources.vendor_reports.anthropic_terms import (
    context_tier,
    inference_geo,
    processing_tier,
)
from centavo.sources.vendor_reports.charge_rows import (
    CHARGE_COLUMNS,
    charge_row,
    exact_number,
    ledger_amount,
    stated_currency,
)
from centavo.sources.vendor_reports.model_names import model_family, split_model
from centavo.sources.vendor_reports.pages import ReportLine
from centavo.sources.vendor_reports.report import LineNotes, Report, TableRow

__all__ = ["ANTHROPIC_COSTS"]

_NAME = "anthropic-costs"
_AMOUNT = re.compile(r'"amount"\s*:\s*"?-?\d')
# (direction, cache action, retention) of each token type.
_TOKEN_TYPES: dict[str, tuple[str, str, str | None]] = {
    "uncached_input_tokens": ("Input", "Uncached", None),
    "cache_read_input_tokens": ("Input", "Read", None),
    "cache_creation.ephemeral_5m_input_tokens": ("Input", "Write", "5m"),
    "cache_creation.ephemeral_1h_input_tokens": ("Input", "Write", "1h"),
    "output_tokens": ("Output", "Uncached", None),
}
# Decimals of the smallest unit (ISO 4217); the report is always in USD today.
_EXPONENTS = {"USD": 2, "EUR": 2, "GBP": 2, "BRL": 2, "CAD": 2, "AUD": 2, "CHF": 2, "INR": 2} | {
    "JPY": 0,
    "KRW": 0,
}


def _hallmark(probe: Probe) -> str | None:
    head = probe.head
    keys = ('"starting_at"', '"ending_at"', '"results"', '"currency"')
    if all(key in head for key in keys) and _AMOUNT.search(head):
        return "its buckets hold amounts as Anthropic's cost report does"
    return None


def _kind(record: Mapping[str, object]) -> str:
    del record
    return "cost"


def _rows(line: ReportLine, identity: str, notes: LineNotes) -> Iterator[TableRow]:
    yield _row(line, identity, notes)


def _row(line: ReportLine, identity: str, notes: LineNotes) -> TableRow:
    del identity  # a bill is restated by its days, not row by row
    record = line.record
    currency = stated_currency(record.get("currency"), "currency")
    cost = ledger_amount(_major(record.get("amount"), "amount", currency), notes)
    described = text(record.get("description"))
    row = charge_row(line, source=_NAME, vendor="Anthropic", cost=cost, described=described)
    workspace = text(record.get("workspace_id"))
    place = inference_geo(record)
    listed = record.get("list_amount")
    row |= {
        "BillingCurrency": currency,
        "ListCost": None
        if listed is None
        else ledger_amount(_major(listed, "list_amount", currency), notes),
        "RegionId": None if place == "global" else place,
        "SubAccountId": workspace,
        "SubAccountType": "Workspace" if workspace else None,
        "x_CostType": text(record.get("cost_type")),
        "x_ProcessingTier": processing_tier(record),
        "x_ContextTier": context_tier(record),
        "x_InferenceGeo": place if place in (None, "global") else "regional",
    }
    return row | _model(record) | _token_class(record, notes)


def _major(value: object, column: str, currency: str) -> Decimal:
    exponent = _EXPONENTS.get(currency)
    if exponent is None:
        raise RecordError("currency", "has a smallest unit that is not known", currency)
    return exact_number(value, column).scaleb(-exponent, EXACT)


def _model(record: Mapping[str, object]) -> dict[str, object]:
    stated = text(record.get("model"))
    if stated is None:
        return {}
    model, version = split_model(stated)
    return {
        "x_ModelDeveloper": "Anthropic",
        "x_ModelFamily": model_family(stated),
        "x_ModelId": model,
        "x_ModelVersion": version,
    }


def _token_class(record: Mapping[str, object], notes: LineNotes) -> dict[str, object]:
    stated = text(record.get("token_type"))
    if stated is None:
        return {}
    if (known := _TOKEN_TYPES.get(stated)) is None:
        notes.not_understood[stated] += 1
        return {"SkuMeter": stated}
    direction, action, retention = known
    return {
        "SkuMeter": stated.replace("cache_creation.ephemeral_", "cache write ").replace("_", " "),
        "x_TokenDirection": direction,
        "x_TokenCacheAction": action,
        "x_CacheRetention": retention,
        "x_TokenModality": "text",
    }


_DIMENSIONS = (
    "workspace_id",
    "description",
    "model",
    "cost_type",
    "token_type",
    "context_window",
    "service_tier",
    "speed",
    "inference_geo",
    "product",
)

ANTHROPIC_COSTS = Report(
    name=_NAME,
    table="charges",
    hallmark=_hallmark,
    kind=_kind,
    dimensions=_DIMENSIONS,
    known=frozenset(
        {"amount", "list_amount", "currency", "organization_id", "workspace_name", *_DIMENSIONS}
    ),
    columns=CHARGE_COLUMNS,
    rows=_rows,
)

"""OpenAI's cost report: ``GET /v1/organization/costs``, one charge for each result of a day.

Source: platform.openai.com/docs/api-reference/usage/costs (amount, line_item, project_id,
api_key_id). Results also carry ``organization_id`` and, grouped by line item, ``quantity``.
"""

import json
import re
from collections.abc import Iterator, Mapping

from centavo.sources.record_values import RecordError, is_object, text
from centavo.sources.source import Probe
from centavo.sources.vendor_reports.charge_rows import (
    CHARGE_COLUMNS,
    charge_row,
    exact_number,
    ledger_amount,
    stated_currency,
)
from centavo.sources.vendor_reports.model_names import model_family, split_model
from centavo.sources.vendor_reports.openai_line_items import LineItem, read_line_item
from centavo.sources.vendor_reports.pages import ReportLine
from centavo.sources.vendor_reports.report import LineNotes, NotRead, Report, TableRow

__all__ = ["OPENAI_COSTS"]

_NAME = "openai-costs"
_OBJECT = "organization.costs.result"
_AMOUNT = re.compile(r'"amount"\s*:\s*\{\s*"(value|currency)"')


def _hallmark(probe: Probe) -> str | None:
    if f'"{_OBJECT}"' in probe.head:
        return f"its results are {_OBJECT} of OpenAI's API"
    if '"start_time"' in probe.head and '"results"' in probe.head and _AMOUNT.search(probe.head):
        return "its buckets hold amounts as OpenAI's cost report does"
    return None


def _kind(record: Mapping[str, object]) -> str:
    return text(record.get("object")) or _OBJECT


def _rows(line: ReportLine, identity: str, notes: LineNotes) -> Iterator[TableRow]:
    yield _row(line, identity, notes)


def _row(line: ReportLine, identity: str, notes: LineNotes) -> TableRow:
    del identity  # a bill is restated by its days, not row by row
    record = line.record
    if (kind := _kind(record)) != _OBJECT:
        raise NotRead(f"not a cost: {kind}")
    amount = record.get("amount")
    if not is_object(amount):
        raise RecordError("amount", "is missing" if amount is None else "is not an object", amount)
    cost = ledger_amount(exact_number(amount.get("value"), "amount.value"), notes)
    described = text(record.get("line_item"))
    row = charge_row(line, source=_NAME, vendor="OpenAI", cost=cost, described=described)
    project = text(record.get("project_id"))
    key = text(record.get("api_key_id"))
    row |= {
        "BillingCurrency": stated_currency(amount.get("currency"), "amount.currency"),
        "SubAccountId": project,
        "SubAccountType": "Project" if project else None,
        "Tags": json.dumps({"openai/api_key_id": key}) if key else None,
    }
    item = read_line_item(described) if described else LineItem()
    if not item.is_understood:
        notes.not_understood[described or ""] += 1
    return row | _model(item) | _quantity(record, item, notes)


def _model(item: LineItem) -> dict[str, object]:
    if item.model is None:
        return {}
    model, version = split_model(item.model)
    return {
        "SkuMeter": _meter(item),
        "x_ModelDeveloper": "OpenAI",
        "x_ModelFamily": model_family(item.model),
        "x_ModelId": model,
        "x_ModelVersion": version,
        "x_TokenDirection": item.direction,
        "x_TokenCacheAction": item.cache_action,
        "x_ProcessingTier": item.tier,
        "x_ContextTier": item.context,
        "x_TokenModality": item.modality,
        "x_InferenceGeo": item.geo,
    }


def _meter(item: LineItem) -> str | None:
    if item.direction is None:
        return None
    action = {"Read": "cached ", "Write": "cache write "}.get(item.cache_action or "", "")
    return f"{action}{item.direction.lower()} tokens"


def _quantity(record: Mapping[str, object], item: LineItem, notes: LineNotes) -> dict[str, object]:
    """Return the quantity: tokens where the line item says so, else only as a detail."""
    if (stated := record.get("quantity")) is None:
        return {}
    quantity = exact_number(stated, "quantity")
    if item.direction is None:
        return {"SkuPriceDetails": json.dumps({"x_Quantity": str(quantity)})}
    return {"ConsumedQuantity": ledger_amount(quantity, notes), "ConsumedUnit": "Tokens"}


OPENAI_COSTS = Report(
    name=_NAME,
    table="charges",
    hallmark=_hallmark,
    kind=_kind,
    dimensions=("line_item", "project_id", "api_key_id"),
    known=frozenset(
        {
            "object",
            "amount",
            "line_item",
            "project_id",
            "project_name",
            "organization_id",
            "organization_name",
            "api_key_id",
            "quantity",
        }
    ),
    columns=CHARGE_COLUMNS,
    rows=_rows,
)

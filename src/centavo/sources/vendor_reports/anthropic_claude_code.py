"""Claude Code's usage report: one aggregate for each day, person (or key) and model.

``GET /v1/organizations/usage_report/claude_code``. It has no buckets: each record is a day of one
actor. Its cost is Anthropic's estimate in cents, also for people on a subscription, whom nobody
bills by token. Usage with an API key stands in the Messages report too; so the two are two sources,
and are never added. Source: platform.claude.com/docs/en/manage-claude/claude-code-analytics-api.
"""

from collections.abc import Iterator, Mapping

from centavo.money import EXACT
from centavo.sources.record_values import (
    JsonObject,
    RecordError,
    as_object,
    is_list,
    is_object,
    text,
)
from centavo.sources.requests.bodies import content_hash
from centavo.sources.source import Probe
from centavo.sources.vendor_reports.charge_rows import exact_number, ledger_amount, stated_currency
from centavo.sources.vendor_reports.pages import ReportLine
from centavo.sources.vendor_reports.report import LineNotes, NotRead, Report, TableRow
from centavo.sources.vendor_reports.usage_rows import (
    USAGE_COLUMNS,
    labels_json,
    required_count,
    tokens,
    usage_row,
)

__all__ = ["CLAUDE_CODE_USAGE"]

_NAME = "anthropic-claude-code"
_NO_MODEL = "no model was used"


def _hallmark(probe: Probe) -> str | None:
    if '"model_breakdown"' in probe.head and '"actor"' in probe.head:
        return "its records break models down by actor as Claude Code's usage report does"
    return None


def _kind(record: Mapping[str, object]) -> str:
    del record
    return "claude_code"


def _rows(line: ReportLine, identity: str, notes: LineNotes) -> Iterator[TableRow]:
    models = line.record.get("model_breakdown")
    if not is_list(models):
        problem = "is missing" if models is None else "is not an array"
        raise RecordError("model_breakdown", problem, models)
    if not models:
        raise NotRead(_NO_MODEL)
    for position, entry in enumerate(models):
        if not is_object(entry):
            raise RecordError(f"model_breakdown[{position}]", "is not a JSON object", entry)
        yield _row(line, f"{identity}:{position}", entry, notes)


def _row(line: ReportLine, identity: str, entry: JsonObject, notes: LineNotes) -> TableRow:
    used = as_object(entry.get("tokens"))
    required_count(used, "input")
    required_count(used, "output")
    actor = as_object(line.record.get("actor"))
    person = text(actor.get("email_address"))
    labels = {
        "terminal_type": text(line.record.get("terminal_type")),
        "customer_type": text(line.record.get("customer_type")),
        "subscription_type": text(line.record.get("subscription_type")),
        "api_key_name": text(actor.get("api_key_name")),
        # A hash: the ledger needs to tell people apart, not to know them.
        "user_hash": content_hash(person) if person else None,
    }
    row = usage_row(line, identity, source=_NAME, provider="anthropic", operation="claude_code")
    row |= {
        "application": "claude-code",
        "model": text(entry.get("model")),
        "input_uncached_tokens": tokens(used, "input"),
        "cache_read_tokens": tokens(used, "cache_read"),
        "cache_write_tokens": tokens(used, "cache_creation"),
        "output_tokens": tokens(used, "output"),
        "labels": labels_json(labels, notes),
    }
    return row | _cost(as_object(entry.get("estimated_cost")), notes)


def _cost(stated: JsonObject, notes: LineNotes) -> dict[str, object]:
    if stated.get("amount") is None:
        return {}
    currency = stated_currency(stated.get("currency"), "estimated_cost.currency")
    if currency != "USD":
        raise RecordError("estimated_cost.currency", "is not USD, the only one known", currency)
    cents = exact_number(stated["amount"], "estimated_cost.amount")
    return {
        "reported_cost": ledger_amount(cents.scaleb(-2, EXACT), notes),
        "reported_cost_currency": currency,
    }


CLAUDE_CODE_USAGE = Report(
    name=_NAME,
    table="usage_aggregates",
    hallmark=_hallmark,
    kind=_kind,
    dimensions=(
        "actor.email_address",
        "actor.api_key_name",
        "terminal_type",
        "customer_type",
        "subscription_type",
    ),
    known=frozenset(
        {
            "date",
            "actor",
            "organization_id",
            "customer_type",
            "subscription_type",
            "terminal_type",
            "core_metrics",
            "tool_actions",
            "model_breakdown",
        }
    ),
    columns=(*USAGE_COLUMNS, "application"),
    rows=_rows,
)

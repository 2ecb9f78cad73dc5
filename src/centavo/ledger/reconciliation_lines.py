"""Reconciliation lines: what one day of one model and token class cost by each kind of evidence.

A line stands for one provider, account, model, token class, currency and day. Its causes add up to
its gap exactly. Lines are written by ``centavo reconcile``, never by a source.
"""

from centavo.ledger.column import Column, SqlType

__all__ = ["CAUSE_COLUMNS", "RECONCILIATION_LINES"]

_TEXT: SqlType = "VARCHAR"
_AMOUNT: SqlType = "DECIMAL(38,12)"
_COUNT: SqlType = "BIGINT"


def _cause(name: str, doc: str) -> Column:
    return Column(f"gap_{name}", _AMOUNT, f"Of gap_cost: {doc}")


# In the order in which a gap is taken apart for a reader. The causes are explained one by one in
# docs/reconciliation.md and by `centavo explain CAUSE`.
CAUSE_COLUMNS: tuple[Column, ...] = (
    _cause("uncaptured_traffic", "tokens on the bill that no meter saw"),
    _cause("retry_or_error", "failed or repeated calls, billed and not metered, or the reverse"),
    _cause("cache_class", "the same input, in other cache classes than metered"),
    _cause("context_or_tier", "another context or processing tier than metered"),
    _cause("regional_premium", "the price of a region above the global one"),
    _cause("no_price", "metered tokens that the price book has no price for"),
    _cause("price_disagreement", "another price of the same tokens"),
    _cause("discount_or_credit", "discounts, credits, refunds and commitments"),
    _cause("tax", "tax"),
    _cause("fee", "seats, support and commitments: charges that no call makes"),
    _cause("time_zone", "calls on another day or in another month than metered"),
    _cause("late_rows", "calls that the bill does not show yet"),
    _cause("rounding", "the bill's own rounding"),
    _cause("unknown", "what none of these explains"),
)

RECONCILIATION_LINES: tuple[Column, ...] = (
    Column(
        "line_id", _TEXT, "Hash of day, provider, account, model, class, currency", required=True
    ),
    Column("source", _TEXT, "Always reconcile", required=True),
    Column("batch_id", _TEXT, "The run that wrote the line", required=True),
    Column("interval_start", "TIMESTAMP", "Start of the line's day or month, UTC", required=True),
    Column("interval_end", "TIMESTAMP", "Its end, exclusive", required=True),
    Column("provider", _TEXT, "Provider by one name for bills and meters", required=True),
    Column("account", _TEXT, "Account, project or workspace as the bill names it"),
    Column("model", _TEXT, "Model as the price book names it"),
    Column("token_class", _TEXT, "input, cache_read, cache_write, output, search, tokens or other"),
    Column("currency", _TEXT, "Of every amount of the line", required=True),
    Column("grade", _TEXT, "What the meter is held against: billed or vendor_reported"),
    Column(
        "status",
        _TEXT,
        "matched, metered_only, billed_only, price_gap or quantity_gap",
        required=True,
    ),
    Column("is_preliminary", "BOOLEAN", "Whether the bill may still change", required=True),
    Column("metered_quantity", _AMOUNT, "Tokens counted by the meters, each call once"),
    Column("metered_cost", _AMOUNT, "Their cost at the price book"),
    Column("vendor_quantity", _AMOUNT, "Tokens of the vendor's own usage report"),
    Column("vendor_cost", _AMOUNT, "Cost of the vendor's own report, not an invoice"),
    Column("billed_quantity", _AMOUNT, "Tokens on the bill; NULL where it states none"),
    Column(
        "billed_list_cost", _AMOUNT, "Of the bill's usage, before discounts that no meter knows"
    ),
    Column("billed_cost", _AMOUNT, "On the bill, everything included"),
    Column("gap_cost", _AMOUNT, "billed (or vendor) cost minus metered cost; NULL = no bill"),
    *CAUSE_COLUMNS,
    Column("metered_calls", _COUNT, "Calls behind metered_quantity"),
    Column("unpriced_calls", _COUNT, "Of which without a price"),
    Column("failed_calls", _COUNT, "Of which failed and cost nothing"),
    Column("bill_rows", _COUNT, "Rows of the bill behind the line"),
)

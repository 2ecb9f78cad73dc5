"""The causes of a gap between the meter and the bill, in the order in which a report lists them."""

from dataclasses import dataclass
from typing import Literal

from centavo.ledger.reconciliation_lines import CAUSE_COLUMNS

__all__ = ["CAUSES", "OPEN_CAUSES", "Cause", "CauseName", "Status"]

CauseName = Literal[
    "uncaptured_traffic",
    "retry_or_error",
    "cache_class",
    "context_or_tier",
    "regional_premium",
    "no_price",
    "price_disagreement",
    "discount_or_credit",
    "tax",
    "fee",
    "time_zone",
    "late_rows",
    "rounding",
    "unknown",
]
Status = Literal["matched", "metered_only", "billed_only", "price_gap", "quantity_gap"]


@dataclass(frozen=True)
class Cause:
    """One cause.

    Attributes:
        name: Short stable name; ``centavo explain NAME`` says more.
        title: For a table.
        doc: One line.
        is_open: Whether somebody must look at it. The others explain themselves: a tax is no fault
            of the meter.
    """

    name: str
    title: str
    doc: str
    is_open: bool


_SETTLED = {"discount_or_credit", "tax", "fee", "time_zone", "late_rows", "rounding"}
_TITLES = {
    "retry_or_error": "retry or error",
    "context_or_tier": "context or processing tier",
    "discount_or_credit": "discount or credit",
    "time_zone": "time zone or month crossover",
}


def _cause(name: str, doc: str) -> Cause:
    title = _TITLES.get(name, name.replace("_", " "))
    return Cause(name, title, doc.removeprefix("Of gap_cost: "), name not in _SETTLED)


CAUSES: tuple[Cause, ...] = tuple(
    _cause(column.name.removeprefix("gap_"), column.doc) for column in CAUSE_COLUMNS
)
OPEN_CAUSES: tuple[str, ...] = tuple(cause.name for cause in CAUSES if cause.is_open)

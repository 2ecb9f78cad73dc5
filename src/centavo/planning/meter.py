"""How the ledger measures what was planned: which rows, and what of them is the quantity."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

__all__ = ["DIMENSIONS", "MEASURES", "Measure", "Meter"]

Measure = Literal[
    "quantity", "requests", "tokens", "input_tokens", "output_tokens", "hours", "months", "cost"
]
MEASURES: tuple[Measure, ...] = get_args(Measure)
DIMENSIONS: tuple[str, ...] = (
    "project", "application", "endpoint", "feature", "use_case", "environment", "team",
    "cost_center", "customer", "provider", "service", "service_category", "sku", "model",
    "region", "resource", "charge_category", "account", "sub_account", "source",
)  # fmt: skip


@dataclass(frozen=True)
class Meter:
    """The rows of a component and its quantity.

    Attributes:
        measure: What is counted: ``quantity`` is what the row itself consumed, ``hours`` its charge
            period, ``months`` one for each month that has rows, ``cost`` nothing but the cost.
        where: Pattern by dimension, ``*`` and ``?`` being wildcards; an empty one is "has none".
    """

    measure: Measure
    where: Mapping[str, str]

"""The columns of a Google Cloud Billing export: standard and detailed, nested and flattened.

Source: "Structure of Standard data export" and "Structure of Detailed data export",
cloud.google.com/billing/docs/how-to/export-data-bigquery-tables. Columns appear there without
notice, so a column that is not listed here is named to the user and never fails a reading.
"""

from dataclasses import dataclass
from typing import Literal

__all__ = [
    "FIELDS",
    "LIST_FIELDS",
    "NULL_TEXTS",
    "PARTITION_COLUMNS",
    "RECORDS",
    "Field",
    "FieldKind",
    "flat",
    "literal",
    "members",
    "quote_numbers",
]

FieldKind = Literal["text", "amount", "instant", "month", "list"]

# Texts that the flattened CSV writes for "no value".
NULL_TEXTS: tuple[str, ...] = ("", "NULL", "null", "NaN", "nan")

# The ingestion partition, by the names a user's query may give it; the first that is there counts.
PARTITION_COLUMNS: tuple[str, ...] = (
    "partition_date",
    "partition_time",
    "_PARTITIONDATE",
    "_PARTITIONTIME",
)


def flat(path: str) -> str:
    """Return the flattened name of a nested column.

    >>> flat("usage.amount_in_pricing_units")
    'usage_amount_in_pricing_units'
    """
    return path.replace(".", "_")


def header_name(column: str) -> str:
    """Return the normal name of a column in a header: no case, dots and spaces as underscores.

    >>> header_name("Usage.amount"), header_name(" Billing Account ID")
    ('usage_amount', 'billing_account_id')
    """
    return flat("_".join(column.split())).lower()


def literal(text: str) -> str:
    """Return the text as a SQL string literal.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def quote_numbers(expression: str) -> str:
    """Return SQL that puts quotes around every number that is a member of a JSON object.

    DuckDB reads a JSON number into a double; as a string its digits stay as they were written.
    A quote that no backslash precedes is never inside a JSON string, so only the colon after a
    key can match.
    """
    return (
        f"regexp_replace({expression}, "
        r"""'([^\\]"\s*:\s*)(-?[0-9][0-9.eE+-]*)', '\1"\2"', 'g')"""
    )


@dataclass(frozen=True)
class Field:
    """One column or record member of the export.

    Attributes:
        path: As BigQuery names it: ``usage.amount``.
        kind: What its text must be; ``list`` is a repeated record, kept as JSON text.
        required: Whether a row without it cannot be charged to anybody.
    """

    path: str
    kind: FieldKind = "text"
    required: bool = False

    @property
    def name(self) -> str:
        """The column's name in every relation of this source: the path with underscores."""
        return flat(self.path)

    @property
    def record(self) -> str | None:
        """The record that the column stands in; ``None`` at the top level."""
        head, dot, _ = self.path.partition(".")
        return head if dot else None

    @property
    def member(self) -> str:
        """The column's name inside its record."""
        return self.path.rpartition(".")[2]


def _text(*paths: str) -> tuple[Field, ...]:
    return tuple(Field(path) for path in paths)


def _amounts(*paths: str) -> tuple[Field, ...]:
    return tuple(Field(path, "amount") for path in paths)


FIELDS: tuple[Field, ...] = (
    Field("billing_account_id", required=True),
    *_text("service.id", "service.description", "sku.id", "sku.description"),
    Field("usage_start_time", "instant", required=True),
    Field("usage_end_time", "instant"),
    *_text("project.id", "project.number", "project.name"),
    Field("project.labels", "list"),
    *_text("project.ancestry_numbers"),
    Field("project.ancestors", "list"),
    Field("labels", "list"),
    Field("system_labels", "list"),
    Field("tags", "list"),
    *_text("location.location", "location.country", "location.region", "location.zone"),
    *_text("resource.name", "resource.global_name"),
    *_amounts("price.effective_price", "price.tier_start_amount"),
    *_text("price.unit"),
    *_amounts(
        "price.pricing_unit_quantity",
        "price.list_price",
        "price.effective_price_default",
        "price.list_price_consumption_model",
    ),
    Field("export_time", "instant"),
    Field("cost", "amount", required=True),
    Field("currency", required=True),
    *_amounts("currency_conversion_rate", "usage.amount"),
    *_text("usage.unit"),
    *_amounts("usage.amount_in_pricing_units"),
    *_text("usage.pricing_unit"),
    Field("credits", "list"),
    Field("invoice.month", "month", required=True),
    *_text("invoice.publisher_type", "cost_type"),
    *_text("adjustment_info.id", "adjustment_info.description"),
    *_text("adjustment_info.mode", "adjustment_info.type"),
    *_amounts("cost_at_list", "cost_at_effective_price_default", "cost_at_list_consumption_model"),
    *_text("transaction_type", "seller_name", "subscription.instance_id"),
    *_text("consumption_model.id", "consumption_model.description"),
)

# The members of the repeated records; what a row says beyond them stays in the JSON text.
LIST_FIELDS: dict[str, tuple[str, ...]] = {
    "project.labels": ("key", "value"),
    "project.ancestors": ("resource_name", "display_name"),
    "labels": ("key", "value"),
    "system_labels": ("key", "value"),
    "tags": ("key", "value", "inherited", "namespace"),
    "credits": ("name", "amount", "full_name", "id", "type"),
}

# Records of the export that are not repeated.
RECORDS: tuple[str, ...] = tuple(
    dict.fromkeys(field.record for field in FIELDS if field.record is not None)
)


def members(record: str | None) -> tuple[Field, ...]:
    """Return the fields inside a record; of the top level for ``None``."""
    return tuple(field for field in FIELDS if field.record == record)

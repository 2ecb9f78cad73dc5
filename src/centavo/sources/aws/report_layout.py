"""Where the columns of one report's header go, and the SQL of each as text."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from centavo.errors import InputError
from centavo.ledger.engine import sql_text
from centavo.sources.aws.columns import FAMILIES, FIELDS, MAPS, PRODUCT_KEYS, Field, canonical
from centavo.sources.csv_diagnosis import ValueKind

__all__ = ["ReportLayout", "lay_out"]

_BY_NAME: Mapping[str, Field] = {canonical(field.header): field for field in FIELDS}
_KINDS: Mapping[str, ValueKind] = {
    "text": "text",
    "amount": "decimal",
    "instant": "instant",
}
_TAG_FAMILIES = ("resourceTags/", "resource_tags_", "resourcetags_")
_CATEGORY_FAMILIES = ("costCategory/", "cost_category_", "costcategory_")


@dataclass(frozen=True)
class ReportLayout:
    """What is read from one header, by position in it.

    Attributes:
        fields: Position of each field, by its name.
        maps: Position of each map of CUR 2.0, by its name.
        tags: Key in ``Tags`` and position of each tag that has a column of its own.
        kept_out: Columns that are not known, as the file names them.
    """

    fields: Mapping[str, int]
    maps: Mapping[str, int]
    tags: Sequence[tuple[str, int]]
    kept_out: tuple[str, ...]

    def kinds(self, columns: Sequence[str]) -> dict[str, ValueKind]:
        """Return what the values of each column must be, by the file's own name."""
        found: dict[str, ValueKind] = {
            columns[self.fields[field.name]]: _KINDS[field.kind]
            for field in FIELDS
            if field.name in self.fields
        }
        for position in self.maps.values():
            found[columns[position]] = "json_object"
        return found

    def required(self, columns: Sequence[str]) -> list[str]:
        """Return the columns that every row must fill, by the file's own names."""
        return [columns[self.fields[field.name]] for field in FIELDS if field.required]

    def select(self, relation: str, *, texts: Sequence[str], batch: str) -> str:
        """Return the SELECT of every field as text, NULL where the report has none.

        Args:
            relation: What stands after FROM.
            texts: SQL of each column of the header as text, empty values as NULL.
            batch: SQL of the batch id.
        """
        product = self._product_keys(texts)
        parts = [f"{self._field(field, texts, product)} AS {field.name}" for field in FIELDS]
        parts += [
            f"{texts[self.maps[name]] if name in self.maps else 'NULL::VARCHAR'} AS {name}_map"
            for name in MAPS
            if name != "product"
        ]
        pairs = ", ".join(
            f"{{'k': {sql_text(key)}, 'v': {texts[position]}}}" for key, position in self.tags
        )
        parts.append(f"[{pairs}]::STRUCT(k VARCHAR, v VARCHAR)[] AS tag_columns")
        source = relation
        if product:
            source += f", LATERAL (SELECT {product[0]} AS aws_product)"
        return f"SELECT {', '.join(parts)}, {batch} AS batch_id FROM {source}"

    def _product_keys(self, texts: Sequence[str]) -> tuple[str, list[str]] | None:
        """Return the SQL of the values of the map ``product``, and the keys that they are for."""
        if "product" not in self.maps:
            return None
        keys = [key for names in PRODUCT_KEYS.values() for key in names]
        paths = ", ".join(sql_text(f'$."{key}"') for key in keys)
        return f"json_extract_string({texts[self.maps['product']]}, [{paths}])", keys

    def _field(
        self, field: Field, texts: Sequence[str], product: tuple[str, list[str]] | None
    ) -> str:
        parts = [texts[self.fields[field.name]]] if field.name in self.fields else []
        if product is not None:
            parts += [
                f"nullif(aws_product[{product[1].index(key) + 1}], '')"
                for key in PRODUCT_KEYS.get(field.name, ())
            ]
        if not parts:
            return "NULL::VARCHAR"
        return parts[0] if len(parts) == 1 else f"coalesce({', '.join(parts)})"


def lay_out(columns: Sequence[str], *, name: str) -> ReportLayout:
    """Return where each column of a header goes.

    Args:
        columns: Names as in the file.
        name: The file as the user named it; used in messages.

    Raises:
        InputError: A column that no charge can do without is missing, or stands there twice.
    """
    fields: dict[str, int] = {}
    maps: dict[str, int] = {}
    tags: list[tuple[str, int]] = []
    kept_out: list[str] = []
    for position, spelled in enumerate(columns):
        key = _tag_key(spelled.strip())
        field = _BY_NAME.get(canonical(spelled))
        if key is not None:
            tags.append((key, position))
        elif spelled.strip().lower() in MAPS:
            maps[spelled.strip().lower()] = position
        elif field is not None:
            _refuse_twice(field, fields, columns, position=position, name=name)
            fields[field.name] = position
        elif not canonical(spelled).startswith(FAMILIES):
            kept_out.append(spelled)
    _refuse_missing(fields, name)
    return ReportLayout(fields, maps, tags, tuple(kept_out))


def _tag_key(column: str) -> str | None:
    """Return the key in ``Tags`` of a tag's or cost category's own column; None for others.

    A user's tag has its own key; what AWS itself tags keeps the prefix ``aws:``.
    """
    lower = column.lower()
    for family in _TAG_FAMILIES:
        if lower.startswith(family.lower()):
            return _plain_key(column[len(family) :])
    for family in _CATEGORY_FAMILIES:
        if lower.startswith(family.lower()):
            return f"costCategory/{column[len(family) :]}"
    return None


def _plain_key(key: str) -> str:
    """Return a tag's key as its owner wrote it: ``user:team`` and ``user_team`` are ``team``."""
    if key.lower().startswith(("user:", "user_")):
        return key[5:]
    return f"aws:{key[4:]}" if key.lower().startswith("aws_") else key


def _refuse_twice(
    field: Field, fields: Mapping[str, int], columns: Sequence[str], *, position: int, name: str
) -> None:
    if field.name in fields:
        raise InputError(
            f"{name}, line 1: the header names {field.header} twice, as "
            f"{columns[fields[field.name]]!r} and {columns[position]!r}",
            hint="Rename or remove one of the two columns.",
        )


def _refuse_missing(fields: Mapping[str, int], name: str) -> None:
    missing = [field for field in FIELDS if field.required and field.name not in fields]
    if missing:
        names = " and no column ".join(field.header for field in missing)
        raise InputError(
            f"{name} has no column {names}",
            hint="Export the report with all columns of the groups bill and lineItem "
            f"({json.dumps(missing[0].header)} may also be spelled with underscores).",
        )

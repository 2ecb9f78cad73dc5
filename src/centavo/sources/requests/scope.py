"""Who asked: the labels that a logged request carries, and the scope columns that they fill.

Labels come from metadata, headers, W3C baggage and top-level keys, in any spelling that the table
below knows; a mapping that the user gives comes first. Nothing that looks like a secret is kept.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote

import msgspec

from centavo.errors import ConfigError
from centavo.ledger.schema import EVENT_SCOPE
from centavo.sources.record_values import (
    JsonObject,
    as_list,
    as_object,
    at_path,
    is_object,
    text,
)

__all__ = ["SCOPE_NAMES", "ScopeReader", "labels_json"]

SCOPE_NAMES: tuple[str, ...] = tuple(
    column.name for column in EVENT_SCOPE if not column.name.startswith("attribution_")
)

# Spellings of each scope column, after lower-casing and turning "-" and "." into "_".
_SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "project": ("project", "project_id", "project_name", "openai_project"),
    "application": (
        "application",
        "app",
        "app_name",
        "application_name",
        "service",
        "service_name",
        "title",
    ),
    "endpoint": ("endpoint", "route", "http_route"),
    "feature": ("feature", "feature_name"),
    "use_case": ("use_case", "usecase"),
    "environment": (
        "environment",
        "env",
        "deployment_environment",
        "deployment_environment_name",
    ),
    "team": ("team", "team_name", "user_api_key_team_alias", "team_id", "user_api_key_team_id"),
    "cost_center": ("cost_center", "costcenter", "cost_centre"),
    "customer_id": (
        "customer_id",
        "customer",
        "tenant_id",
        "tenant",
        "end_user",
        "user_api_key_end_user_id",
        "user_id",
    ),
}
_COLUMN_OF = {
    name: (column, rank) for column, names in _SPELLINGS.items() for rank, name in enumerate(names)
}
_TOP_LEVEL = frozenset(_COLUMN_OF) - {"endpoint", "service", "title", "route"}
_LABEL_KEYS = ("metadata", "labels", "tags", "attributes", "custom_metadata")
_BODY_LABEL_KEYS = ("metadata", "labels", "requestMetadata")
# What says nothing; 0 and false say something.
_NOTHING: tuple[object, ...] = (None, "", {}, [])
_LABELS_JSON = msgspec.json.Encoder(order="deterministic", enc_hook=str)
_SECRET = re.compile(
    r"(api[_-]?key$|^key$|token$|secret|passw|authorization|cookie|credential|^user_api_key$|_hash$)"
)


class ScopeReader:
    """Finds the scope and the labels of each record of one reading.

    Args:
        mapping: Scope column to dotted path or header name, as the user gives it.

    Raises:
        ConfigError: A key of the mapping is no scope column.
    """

    def __init__(self, mapping: Mapping[str, str]) -> None:
        for column in mapping:
            if column not in SCOPE_NAMES:
                raise ConfigError(
                    f"{column!r} in the mapping is not a scope column",
                    hint=f"Map one of {', '.join(SCOPE_NAMES)} to a path such as metadata.app.",
                )
        self._mapping = mapping

    @property
    def is_mapped(self) -> bool:
        """Return whether the user gave a mapping."""
        return bool(self._mapping)

    def columns(
        self,
        record: JsonObject,
        *,
        headers: Mapping[str, str],
        bodies: tuple[JsonObject, ...] = (),
        others: Mapping[str, object] | None = None,
    ) -> dict[str, object]:
        """Return the scope columns, ``labels`` and how the scope was known.

        Args:
            record: The whole record, for top-level keys and mapped paths.
            headers: Request headers by lower-case name.
            bodies: Request body, then response body; their metadata are labels too.
            others: Further labels.
        """
        labels = _labels_of(record, headers, bodies)
        if others:
            nearer = {k: value for k, value in labels.items() if value or value not in _NOTHING}
            labels = {**others, **nearer}
        labels, scope = _told(labels)
        for column, path in self._mapping.items():
            mapped = text(at_path(record, path)) or headers.get(path.lower())
            if mapped is not None:
                scope[column] = mapped
        columns: dict[str, object] = dict(scope)
        if scope:
            columns["attribution_method"] = "label"
            columns["attribution_confidence"] = 1.0
        if labels:
            columns["labels"] = labels_json(labels)
        return columns


def labels_json(labels: Mapping[str, object]) -> str:
    """Return labels as the JSON text that the ledger keeps, keys in order."""
    return _LABELS_JSON.encode(labels).decode()


def _labels_of(
    record: JsonObject, headers: Mapping[str, str], bodies: tuple[JsonObject, ...]
) -> dict[str, object]:
    """Return the labels, what stands nearer to the record winning over what stands deeper."""
    labels: dict[str, object] = {}
    for body in reversed(bodies):
        _take(labels, body, _BODY_LABEL_KEYS)
    for body in bodies[:1]:
        # OpenAI's parameter for the caller's own end user.
        if (user := text(body.get("user"))) is not None:
            labels["user_id"] = user
    if headers:
        labels.update(_header_labels(headers))
    for key in _scope_keys(tuple(record)):
        if (value := record[key]) is not None:
            labels[key] = value
    _take(labels, record, _LABEL_KEYS)
    if is_object(request := record.get("request")):
        _take(labels, request, _LABEL_KEYS)
    return labels


def _take(labels: dict[str, object], place: JsonObject, keys: tuple[str, ...]) -> None:
    for key in keys:
        if (value := place.get(key)) is not None:
            _take_entries(labels, value)


def _take_entries(labels: dict[str, object], value: object) -> None:
    """Take labels of an object, or of a list of ``key:value`` texts or key and value objects."""
    if is_object(value):
        for key, inner in value.items():
            if is_object(inner) and key.endswith(("metadata", "tags")):
                _take_entries(labels, inner)
            else:
                labels[str(key)] = inner
        return
    for item in as_list(value):
        entry = as_object(item)
        if isinstance(item, str):
            key, _, rest = item.partition(":" if ":" in item else "=")
            labels[key.strip()] = rest.strip() or True
        elif (key := text(entry.get("key"))) is not None:
            labels[key] = entry.get("value")


def _header_labels(headers: Mapping[str, str]) -> Iterator[tuple[str, object]]:
    for member in headers.get("baggage", "").split(","):
        key, equals, value = member.partition("=")
        if equals:
            yield unquote(key.strip()), unquote(value.partition(";")[0].strip())
    for name, value in headers.items():
        if name.startswith("x-") and _plain(name[2:]) in _COLUMN_OF:
            yield name[2:], value
        elif name.startswith("x-label-"):
            yield name[8:], value
        elif name == "openai-project":
            yield name, value


def _told(labels: Mapping[str, object]) -> tuple[dict[str, object], dict[str, str]]:
    """Return the labels that say something and are no secret, and the scope that they name."""
    meaning = _meaning(tuple(labels))
    told = {key: value for key in meaning.labels if (value := labels[key]) or value not in _NOTHING}
    scope: dict[str, str] = {}
    for column, key in meaning.scope:
        if column not in scope and (stated := text(told.get(key))) is not None:
            scope[column] = stated
    return told, scope


class _Meaning(NamedTuple):
    """What labels of some names mean.

    Attributes:
        labels: The names that do not look like a secret.
        scope: Those of them that name a scope column, the better spellings first.
    """

    labels: tuple[str, ...]
    scope: tuple[tuple[str, str], ...]


# The records of one application carry labels of the same names.
@lru_cache(maxsize=2_000)
def _meaning(names: tuple[str, ...]) -> _Meaning:
    labels = tuple(name for name in names if _SECRET.search(name.lower()) is None)
    spelled = [(*_COLUMN_OF[_plain(name)], name) for name in labels if _plain(name) in _COLUMN_OF]
    spelled.sort(key=lambda spelling: spelling[1])
    return _Meaning(labels, tuple((column, name) for column, _, name in spelled))


@lru_cache(maxsize=2_000)
def _scope_keys(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return those keys of a record that are labels themselves."""
    return tuple(name for name in names if _plain(name) in _TOP_LEVEL)


@lru_cache(maxsize=10_000)
def _plain(key: str) -> str:
    return key.lower().replace("-", "_").replace(".", "_").removeprefix("x_")

"""Who asked: labels and scope of a row, from the columns that tell of its key and its caller."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import msgspec

from centavo.sources.requests.bodies import content_hash
from centavo.sources.requests.scope import SCOPE_NAMES, ScopeReader, labels_json
from centavo.sources.secrets import redact, redact_labels

__all__ = ["Scope", "ScopeFinder", "key_id"]

# What a mapping may name at the top level of a row.
_MAPPABLE = ("model", "model_group", "end_user", "session_id", "call_type")
# What the gateway itself knows of a key; the caller stated nothing.
_OF_THE_GATEWAY = ("user_api_key_team_alias", "team_id", "project", "organization_id")


@dataclass(frozen=True)
class Scope:
    """What a combination says.

    Attributes:
        labels: JSON object of labels, without its closing brace.
        columns: Scope columns by name.
        method: How the scope is known; ``None`` when there is none.
        raw_labels: Labels as they stood, where secrets were taken out of them.
    """

    labels: str
    columns: Mapping[str, str]
    method: str | None
    raw_labels: str | None = None


class ScopeFinder:
    """Finds the scope of a row.

    Args:
        mapping: Scope column to dotted path, as the user gives it; a path may name a column of
            the table or a member of its ``metadata`` or ``spend_logs_metadata``.
    """

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self._reader = ScopeReader(mapping)

    def scope(self, row: Mapping[str, Any]) -> Scope:
        """Return the scope of a row, given by the names of its columns."""
        own = row["spend_logs_metadata"]
        stated: dict[str, object] = {
            **_gateway_labels(row),
            **(msgspec.json.decode(own, type=dict[str, object]) if own else {}),
        }
        raw = {"metadata": stated, "tags": list(row["request_tags"] or ())}
        clean, secrets = redact_labels(raw)
        place = {**{name: row[name] for name in _MAPPABLE}, **clean}
        columns = self._reader.columns(place, headers={})
        by_caller = {k: v for k, v in stated.items() if k not in _OF_THE_GATEWAY}
        caller = self._reader.columns({**place, "metadata": by_caller}, headers={})
        labels = msgspec.json.decode(str(columns.get("labels") or "{}"), type=dict[str, object])
        # Those of a row of its own stand in columns of their own.
        for name in ("end_user", "session_id"):
            labels.pop(name, None)
        if row["user"]:
            # A hash: the ledger needs to tell the company's own users apart, not to know them.
            labels["user_hash"] = content_hash(row["user"])
        return Scope(
            labels=labels_json(labels)[:-1],
            columns={name: str(columns[name]) for name in SCOPE_NAMES if name in columns},
            method="label" if "attribution_method" in caller else _method(columns),
            raw_labels=labels_json(raw) if secrets else None,
        )


def _method(columns: Mapping[str, object]) -> str | None:
    return "gateway" if any(name in columns for name in SCOPE_NAMES) else None


def _gateway_labels(row: Mapping[str, Any]) -> dict[str, object]:
    """Return what the gateway knows of the key, by the names that its metadata uses."""
    labels = {
        "user_api_key_alias": row["user_api_key_alias"],
        "user_api_key_team_alias": row["user_api_key_team_alias"],
        "team_id": row["team_id"],
        "organization_id": row["organization_id"],
        "project": row["project_alias"] or row["project_id"],
        "agent_id": row["agent_id"],
    }
    return {name: value for name, value in labels.items() if value}


@lru_cache(maxsize=100_000)
def key_id(stated: str | None) -> tuple[str | None, bool]:
    """Return what identifies the key, and whether the log held the key itself.

    LiteLLM keeps the SHA-256 of a key; a key that was written as it is gets the same.

    >>> key_id("sk-1234567890abcdefABCDEF12")[0] == key_id("sk-1234567890abcdefABCDEF12")[0]
    True
    """
    if not stated:
        return None, False
    if stated.startswith("sk-") or redact(stated)[1]:
        return hashlib.sha256(stated.encode(errors="surrogatepass")).hexdigest(), True
    return stated, False

"""Whom a limit or a plan covers, as it stands in a TOML table."""

from collections.abc import Mapping
from typing import cast

from centavo.ledger.toml_lines import TomlPlace, near_names
from centavo.policy.limits import SCOPES, Match

__all__ = ["read_match"]


def read_match(table: Mapping[str, object], place: TomlPlace) -> Match:
    """Return what ``match = { application = "chat*" }`` says; empty where it is not there.

    Raises:
        ConfigError: A name is no scope, or a value no text.
    """
    value = table.get("match", {})
    if not isinstance(value, dict):
        raise place.error("is not a table of names", "match", value=value)
    found: list[tuple[str, tuple[str, ...]]] = []
    for name, globs in cast("dict[str, object]", value).items():
        if name not in SCOPES:
            raise place.error("is not a scope", "match", name, hint=near_names(name, SCOPES))
        listed = cast("list[object]", globs) if isinstance(globs, list) else [globs]
        texts = [each for each in listed if isinstance(each, str) and each]
        if not texts or len(texts) < len(listed):
            raise place.error("is not text or a list of texts", "match", name, value=listed)
        found.append((name, tuple(texts)))
    return tuple(found)

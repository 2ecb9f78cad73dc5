"""What rows have in common: who asked what of whom. Found once for each combination of a log.

A log of millions of rows has some hundred combinations of key, team, tags and model. Each row keeps
the code of its own, and the texts that lead there are let go while they are still in the cache.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from centavo.sources.litellm.calls import Call, CallNames, read_call
from centavo.sources.litellm.scopes import Scope, ScopeFinder, key_id
from centavo.sources.litellm.spend_log import Metadata, SpendLog, Usage
from centavo.sources.secrets import redact

__all__ = ["CONTEXT_NAMES", "Context", "ContextTable"]

_MOST_REMEMBERED = 100_000


class Context(NamedTuple):
    """One combination.

    Attributes:
        call: What was called.
        scope: Who asked.
        api_key_id: Identifies the key; never the key itself.
        secrets: Texts of the row that hold secrets, as they stood, to be counted.
    """

    call: Call
    scope: Scope
    api_key_id: str | None
    secrets: tuple[str, ...]


class ContextTable:
    """Gives each combination a code, counted from 0.

    Attributes:
        has_secrets: Whether some context held a secret.

    Args:
        mapping: Scope column to dotted path, as the user gives it.
    """

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self._finder = ScopeFinder(mapping)
        # A path of the mapping may name a column that nothing else depends on.
        self._is_mapped = bool(mapping)
        self._known: dict[tuple[Any, ...], int] = {}
        self._scopes: dict[tuple[Any, ...], Scope] = {}
        self._contexts: list[Context] = []
        self.has_secrets = False

    def __len__(self) -> int:
        return len(self._contexts)

    def __getitem__(self, code: int) -> Context:
        return self._contexts[code]

    def forget_many(self) -> bool:
        """Begin anew where too many were seen, and say so: codes from before no longer hold."""
        if len(self._contexts) <= _MOST_REMEMBERED:
            return False
        self._known.clear()
        self._scopes.clear()
        self._contexts.clear()
        return True

    def codes(
        self, records: Sequence[SpendLog], told: Sequence[Metadata], more: Sequence[Usage]
    ) -> list[int]:
        """Return the code of each row.

        Args:
            records: The rows.
            told: Their metadata.
            more: The usage block that stands beside the totals.
        """
        known = self._known.get
        keys = [
            (
                record.call_type,
                record.custom_llm_provider,
                record.model,
                record.model_group,
                usage.service_tier,
                usage.speed,
                record.api_key,
                record.request_tags,
                record.team_id,
                record.user,
                each.user_api_key_alias,
                each.user_api_key_team_alias,
                # An empty one is no key either: a dict cannot be looked up.
                msgspec.json.encode(stated) if (stated := each.spend_logs_metadata) else None,
                record.agent_id,
                record.organization_id,
                each.user_api_key_project_id,
                each.user_api_key_project_alias,
            )
            for record, each, usage in zip(records, told, more, strict=True)
        ]
        if self._is_mapped:
            rest = [(record.end_user, record.session_id) for record in records]
            keys = [(*key, *others) for key, others in zip(keys, rest, strict=True)]
        found = [known(key) for key in keys]
        if None in found:
            return [self._code(key) for key in keys]
        return [code for code in found if code is not None]

    def _code(self, key: tuple[Any, ...]) -> int:
        code = self._known.get(key)
        if code is None:
            code = self._known[key] = len(self._contexts)
            self._contexts.append(self.read(key))
        return code

    def read(self, key: tuple[Any, ...]) -> Context:
        """Return the context of a key: values of ``CONTEXT_NAMES``, in order."""
        scope_key = key[7:] if not self._is_mapped else key
        scope = self._scopes.get(scope_key)
        if scope is None:
            scope = self._scopes[scope_key] = self._finder.scope(_row(key))
        identity, was_secret = key_id(key[6])
        raw = [name for name in key[:6] if name and redact(name)[1]]
        raw += [scope.raw_labels] if scope.raw_labels is not None else []
        raw += [key[6]] if was_secret else []
        self.has_secrets = self.has_secrets or bool(raw)
        return Context(
            call=read_call(CallNames(*(name and redact(name)[0] for name in key[:6]))),
            scope=scope,
            api_key_id=identity,
            secrets=tuple(raw),
        )


CONTEXT_NAMES = (
    "call_type", "custom_llm_provider", "model", "model_group", "service_tier", "speed", "api_key",
    "request_tags", "team_id", "user", "user_api_key_alias", "user_api_key_team_alias",
    "spend_logs_metadata", "agent_id", "organization_id", "project_id", "project_alias",
    "end_user", "session_id",
)  # fmt: skip


def _row(key: tuple[Any, ...]) -> dict[str, Any]:
    return {**dict.fromkeys(CONTEXT_NAMES), **dict(zip(CONTEXT_NAMES, key, strict=False))}

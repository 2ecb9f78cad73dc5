"""The fields of decoded rows, one list for each, gathered while the rows are still in the cache.

A row is some 15 small objects. To walk over thousands of them once for each of fifty fields, and to
free them afterwards, takes longer than to decode them; a few dozen at a time it takes a fifth.
"""

from collections.abc import Sequence
from itertools import compress
from typing import Any

import msgspec
from msgspec.structs import astuple

from centavo.sources.litellm.contexts import ContextTable
from centavo.sources.litellm.spend_log import (
    NO_METADATA,
    NO_PART,
    NO_USAGE,
    Metadata,
    Part,
    SpendLog,
    Usage,
)

__all__ = ["Fields"]

# The blocks of a row, with what their fields are called here; the others are let go.
_KEPT: tuple[tuple[type[msgspec.Struct], str, frozenset[str]], ...] = (
    (
        SpendLog,
        "",
        frozenset(
            (
                "request_id", "spend", "total_tokens", "prompt_tokens", "completion_tokens",
                "start_time", "end_time", "completion_start_time", "cache_hit", "cache_key",
                "end_user", "session_id", "status",
            )
        ),
    ),
    (Metadata, "told_", frozenset(("status", "error_information", "attempted_retries"))),
    (
        Usage,
        "usage_",
        frozenset(
            ("cache_read_input_tokens", "cache_creation_input_tokens", "cache_creation")
        ),
    ),
    (
        Usage,
        "more_",
        frozenset(
            (
                "cache_read_input_tokens", "cache_creation_input_tokens", "cache_creation",
                "server_tool_use",
            )
        ),
    ),
    (
        Part,
        "in_",
        frozenset(Part.__struct_fields__) - {"reasoning_tokens"},
    ),
    (Part, "out_", frozenset(("reasoning_tokens", "audio_tokens", "image_tokens"))),
)  # fmt: skip
_BLOCKS: tuple[tuple[str | None, ...], ...] = tuple(
    tuple(f"{prefix}{name}" if name in kept else None for name in kind.__struct_fields__)
    for kind, prefix, kept in _KEPT
)


class Fields(dict[str, list[Any]]):
    """A list of values for each field, all of one length.

    Attributes:
        has_json_texts: Whether some row keeps ``metadata`` or tags as a text of JSON.
        contexts: Code of each row's context.

    Args:
        table: Gives the codes.
        records: The first rows.
    """

    def __init__(self, table: ContextTable, records: Sequence[SpendLog] = ()) -> None:
        super().__init__((name, []) for block in _BLOCKS for name in block if name)
        self.has_json_texts = False
        self.contexts: list[int] = []
        self._table = table
        if records:
            self.take(records)

    @property
    def rows(self) -> int:
        """How many rows were taken."""
        return len(self.contexts)

    def take(self, records: Sequence[SpendLog]) -> None:
        """Add the fields of some rows."""
        if not records:
            return
        kinds = {type(record.metadata) for record in records}
        kinds |= {type(record.request_tags) for record in records}
        self.has_json_texts = self.has_json_texts or str in kinds
        told = [
            record.metadata if isinstance(record.metadata, Metadata) else NO_METADATA
            for record in records
        ]
        more: list[Usage] = [each.additional_usage_values or NO_USAGE for each in told]
        # Both blocks tell the same call; older versions write only the second.
        usages = [each.usage_object or other for each, other in zip(told, more, strict=True)]
        given = [usage.prompt_tokens_details or NO_PART for usage in usages]
        made = [usage.completion_tokens_details or NO_PART for usage in usages]
        self.contexts.extend(self._table.codes(records, told, more))
        blocks = (records, told, usages, more, given, made)
        for names, block in zip(_BLOCKS, blocks, strict=True):
            for name, values in zip(names, zip(*map(astuple, block), strict=True), strict=True):
                if name:
                    self[name].extend(values)

    def keep(self, wanted: Sequence[bool]) -> None:
        """Leave out the rows that are not wanted."""
        for name, values in self.items():
            self[name] = list(compress(values, wanted))
        self.contexts = list(compress(self.contexts, wanted))

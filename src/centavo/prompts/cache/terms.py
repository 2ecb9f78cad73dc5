"""How each provider caches the beginning of a prompt: dated terms, hand-kept, with their sources."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib.resources import files
from typing import Literal, cast

from centavo.pricing.yaml_entries import YamlEntry, read_yaml

__all__ = ["CacheTerms", "Storage", "Write", "Written", "load_terms", "parse_terms", "terms_of"]

Written = Literal["automatic", "marked", "stored"]
Write = Literal["free", "5m", "1h", "other"]

_HINT = "docs/prompt-cache.md describes the file."
_KEYS = (
    "id", "provider", "models", "from", "until", "minimum_tokens", "block_tokens", "lifetimes_s",
    "refreshed", "written", "write", "stacks_with_batch", "storage", "source", "checked",
)  # fmt: skip
_FLAGS = {"true": True, "false": False}


@dataclass(frozen=True)
class Storage:
    """What keeping a cache costs, in dollars for a million tokens and an hour."""

    models: tuple[str, ...]
    usd_per_mtok_hour: Decimal


@dataclass(frozen=True)
class CacheTerms:
    """Terms of one provider for some models; prices are the price book's.

    Attributes:
        name: Of the entry.
        provider: As in ``usage_events``.
        models: Patterns over the model's name.
        valid_from: First day; ``None`` since ever.
        valid_until: End, excluded; ``None`` without end.
        minimum_tokens: Shorter beginnings are not cached.
        block_tokens: What is cached is a multiple of it.
        lifetimes_s: How long a beginning lives, the default first.
        is_refreshed: Whether a read restarts the lifetime.
        written: Who decides what is cached.
        write: How what is written is priced, for the default lifetime.
        stacks_with_batch: Whether the read discount comes on top of the batch discount.
        storage: Price of keeping it, the first that fits; empty where nothing is charged.
        source: Page that says so.
        checked: Day on which it was read.
    """

    name: str
    provider: str
    models: tuple[str, ...]
    valid_from: date | None
    valid_until: date | None
    minimum_tokens: int
    block_tokens: int
    lifetimes_s: tuple[int, ...]
    is_refreshed: bool
    written: Written
    write: Write
    stacks_with_batch: bool
    storage: tuple[Storage, ...]
    source: str
    checked: date

    def covers(self, provider: str | None, model: str | None, day: date) -> bool:
        """Say whether a request of that day falls under these terms."""
        name = (model or "").lower().rpartition("/")[2]
        return (
            provider == self.provider
            and any(fnmatchcase(name, pattern) for pattern in self.models)
            and (self.valid_from is None or day >= self.valid_from)
            and (self.valid_until is None or day < self.valid_until)
        )

    def cacheable(self, tokens: int) -> int:
        """Return how many tokens of a beginning of that length are cached.

        >>> [terms_of("openai", "gpt-4o", date(2026, 11, 1))[0].cacheable(n) for n in (1000, 1100)]
        [0, 1024]
        """
        return 0 if tokens < self.minimum_tokens else tokens - tokens % self.block_tokens

    def usd_per_mtok_hour(self, model: str) -> Decimal:
        """Return what keeping a million tokens for an hour costs; 0 where nothing is charged."""
        fits = (s for s in self.storage if any(fnmatchcase(model, name) for name in s.models))
        found = next(fits, None)
        return found.usd_per_mtok_hour if found else Decimal(0)


def terms_of(
    provider: str | None, model: str | None, day: date, terms: Sequence[CacheTerms] | None = None
) -> list[CacheTerms]:
    """Return the terms for a model on a day: one for each way to be cached, in the file's order.

    Args:
        provider: As in ``usage_events``.
        model: As logged; a path before it does not count.
        day: UTC.
        terms: ``None`` for the list that comes with centavo.
    """
    listed = load_terms() if terms is None else terms
    found: dict[str, CacheTerms] = {}
    for each in listed:
        if each.written not in found and each.covers(provider, model, day):
            found[each.written] = each
    return list(found.values())


@lru_cache(maxsize=1)
def load_terms() -> tuple[CacheTerms, ...]:
    """Return the terms that come with centavo."""
    path = files("centavo.prompts").joinpath("data", "cache_terms.yaml")
    return parse_terms(path.read_bytes(), file="cache_terms.yaml")


def parse_terms(content: bytes, *, file: str) -> tuple[CacheTerms, ...]:
    """Return the entries of a file of terms.

    Raises:
        InputError: It is not YAML.
        BadValueError: A value that cannot be read; names its line.
    """
    top = read_yaml(content, file=file, hint=_HINT)
    return tuple(_terms(entry) for entry in top.entries("terms"))


def _terms(entry: YamlEntry) -> CacheTerms:
    entry.check_keys(_KEYS)
    storage = entry.entries("storage") if "storage" in entry.values else ()
    return CacheTerms(
        name=entry.text("id"),
        provider=entry.text("provider"),
        models=tuple(name.lower() for name in entry.texts("models")),
        valid_from=entry.optional_day("from"),
        valid_until=entry.optional_day("until"),
        minimum_tokens=int(entry.decimal("minimum_tokens")),
        block_tokens=int(entry.decimal("block_tokens")) or 1,
        lifetimes_s=tuple(int(text) for text in entry.texts("lifetimes_s")),
        is_refreshed=_FLAGS[entry.one_of("refreshed", tuple(_FLAGS))],
        written=cast("Written", entry.one_of("written", ("automatic", "marked", "stored"))),
        write=cast("Write", entry.one_of("write", ("free", "5m", "1h", "other"))),
        stacks_with_batch=_FLAGS[entry.one_of("stacks_with_batch", tuple(_FLAGS))],
        storage=tuple(Storage(s.texts("models"), s.decimal("usd_per_mtok_hour")) for s in storage),
        source=entry.text("source"),
        checked=entry.day("checked"),
    )

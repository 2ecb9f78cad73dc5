"""When models end: a hand-kept, dated list with a source for each entry, and the user's own.

The price library marks some models as deprecated but has no dates, so these are kept by hand from
the providers' own pages. The list is as good as its ``as_of``: it may miss what was announced
since, and it says so wherever it is used.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from importlib.resources import files
from pathlib import Path

from centavo.errors import InputError
from centavo.pricing.yaml_entries import YamlEntry, read_yaml

__all__ = ["CERTAINTIES", "Shutdown", "Shutdowns"]

# announced: the provider names the day. not_before: it promises only that it will be no sooner.
CERTAINTIES = ("announced", "not_before")
_KEYS = (
    "providers", "models", "date", "certainty", "successor", "routed", "as_of", "source", "note",
)  # fmt: skip
_HINT = "docs/price-book.md describes the file."


@dataclass(frozen=True)
class Shutdown:
    """The end of some models at some providers.

    Attributes:
        providers: Lower-case provider names as logs have them; ``*`` and ``?`` are wildcards.
        models: Lower-case model names, as in a log or in the price book; wildcards too.
        day: First day (UTC) on which they no longer answer.
        certainty: ``announced`` or ``not_before``.
        successor: Model that the provider recommends, as the price book knows it.
        routed: Whether requests are sent on to the successor instead of failing.
        as_of: Day on which the source was read.
        source: Page that says so.
        note: What a reader must know.
    """

    providers: tuple[str, ...]
    models: tuple[str, ...]
    day: date
    certainty: str
    successor: str | None
    routed: bool
    as_of: date
    source: str
    note: str | None

    def covers(self, provider: str | None, models: Collection[str | None]) -> bool:
        """Say whether requests to a provider under any of these names are concerned."""
        names = {name.strip().lower() for name in models if name}
        return _matches(provider, self.providers) and any(
            _matches(name, self.models) for name in names
        )


@dataclass(frozen=True)
class Shutdowns:
    """Every known shutdown, the user's own before the shipped ones.

    Attributes:
        entries: The first that covers a model is the one that counts.
        as_of: Day on which the shipped list was last gone through.
    """

    entries: tuple[Shutdown, ...]
    as_of: date

    @classmethod
    def load(cls, user_file: Path | None = None) -> "Shutdowns":
        """Return the shipped list and, before it, the user's.

        Raises:
            InputError: The user's file cannot be read or is not YAML.
            BadValueError: A value cannot be used; names file, line, key and value.
        """
        shipped = files("centavo.pricing").joinpath("data", "shutdowns.yaml")
        top = read_yaml(shipped.read_bytes(), file="shutdowns.yaml", hint=_HINT)
        own: tuple[Shutdown, ...] = ()
        if user_file is not None:
            try:
                content = user_file.read_bytes()
            except OSError as error:
                raise InputError(f"{user_file} cannot be read: {error.strerror}") from error
            own = _entries(read_yaml(content, file=str(user_file), hint=_HINT))
        return cls((*own, *_entries(top)), top.day("as_of"))

    def find(self, provider: str | None, models: Collection[str | None]) -> Shutdown | None:
        """Return the shutdown of a model, by any of its names; ``None`` when none is known."""
        return next((it for it in self.entries if it.covers(provider, models)), None)


def _entries(top: YamlEntry) -> tuple[Shutdown, ...]:
    top.check_keys(("as_of", "shutdowns"))
    default = top.optional_day("as_of")
    return tuple(_shutdown(entry, default) for entry in top.entries("shutdowns"))


def _shutdown(entry: YamlEntry, default: date | None) -> Shutdown:
    entry.check_keys(_KEYS)
    models = entry.texts("models") or entry.fail("is missing", "models")
    as_of = entry.optional_day("as_of") or default
    return Shutdown(
        providers=tuple(name.lower() for name in entry.texts("providers") or ("*",)),
        models=tuple(name.lower() for name in models),
        day=entry.day("date"),
        certainty=entry.one_of("certainty", CERTAINTIES, default="announced"),
        successor=entry.optional_text("successor"),
        routed=entry.one_of("routed", ("true", "false"), default="false") == "true",
        as_of=as_of or entry.day("as_of"),
        source=entry.text("source"),
        note=entry.optional_text("note"),
    )


def _matches(name: str | None, patterns: Collection[str]) -> bool:
    text = (name or "").strip().lower()
    return any(fnmatchcase(text, pattern) for pattern in patterns)

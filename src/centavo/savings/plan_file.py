"""Plans as people write them: a YAML file of levers, or the words of the command line."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from centavo.errors import ConfigError, InputError
from centavo.ledger.toml_lines import near_names
from centavo.pricing.yaml_entries import YamlEntry, read_yaml
from centavo.savings.lever import Lever, LeverKind, LeverSettings
from centavo.savings.where import DIMENSIONS, Where

__all__ = ["Plan", "levers_of_texts", "read_plan"]

_HINT = "docs/simulate.md shows a plan file."


@dataclass(frozen=True)
class Plan:
    """Levers in the order in which they are replayed, under a name."""

    name: str
    levers: tuple[Lever, ...]


def read_plan(path: Path, kinds: Sequence[LeverKind]) -> Plan:
    """Return the plan of a file.

    Raises:
        InputError: It cannot be read, or is not YAML; names the line.
        BadValueError: A lever, a setting or a dimension is not known; names the line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}", hint=_HINT) from error
    top = read_yaml(content, file=str(path), hint=_HINT)
    top.check_keys(("name", "levers"))
    by_name = {kind.name: kind for kind in kinds}
    levers = tuple(_lever(entry, by_name) for entry in top.entries("levers"))
    return Plan(top.optional_text("name") or path.stem, levers)


def levers_of_texts(texts: Sequence[str], kinds: Sequence[LeverKind]) -> tuple[Lever, ...]:
    """Return the levers of the command line.

    A text is a list of names (``retries,duplicates``), or one name with settings and scope
    (``model to=claude-haiku-4-5 application=chat``).

    Raises:
        ConfigError: A name or a key is not known, or a setting is missing.
    """
    by_name = {kind.name: kind for kind in kinds}
    found: list[Lever] = []
    for text in texts:
        words = shlex.split(text)
        bare = [name for name in (words[0] if words else "").split(",") if name]
        if not bare or (len(bare) > 1 and len(words) > 1):
            raise ConfigError(
                f"--lever {text!r} is no lever",
                hint="Write retries,duplicates or 'model to=claude-haiku-4-5 application=chat'.",
            )
        found += [_of_words(name, words[1:], by_name) for name in bare]
    return tuple(found)


def _lever(entry: YamlEntry, kinds: Mapping[str, LeverKind]) -> Lever:
    name = entry.text("lever")
    kind = kinds.get(name)
    if kind is None:
        entry.fail("is not a lever", "lever", name, hint=near_names(name, kinds))
    known = [parameter.name for parameter in kind.parameters]
    entry.check_keys(("lever", "where", *known))
    places = entry.entries("where") if "where" in entry.values else ()
    for place in places:
        place.check_keys(DIMENSIONS)
    where = {name: place.texts(name) for place in places for name in place.values}
    for parameter in kind.parameters:
        if parameter.is_required:
            entry.text(parameter.name)

    def fail(parameter: str, problem: str) -> Exception:
        # ``fail`` of an entry raises; nothing comes back from it.
        return entry.fail(problem, parameter, entry.values.get(parameter))

    values = {name: entry.text(name) for name in known if name in entry.values}
    return _made(kind, LeverSettings(Where.of(where), values, fail))


def _of_words(name: str, words: Sequence[str], kinds: Mapping[str, LeverKind]) -> Lever:
    kind = kinds.get(name)
    if kind is None:
        raise ConfigError(f"{name!r} is not a lever", hint=near_names(name, kinds))
    known = [parameter.name for parameter in kind.parameters]
    values: dict[str, str] = {}
    where: dict[str, list[str]] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if equals and key in known:
            values[key] = value
        elif equals and key.replace("-", "_") in DIMENSIONS:
            where.setdefault(key.replace("-", "_"), []).append(value)
        else:
            raise ConfigError(
                f"lever {name}: {word!r} is no setting and no scope",
                hint=near_names(key, [*known, *DIMENSIONS]),
            )
    missing = [p.name for p in kind.parameters if p.is_required and p.name not in values]
    if missing:
        raise ConfigError(
            f"lever {name} needs {', '.join(missing)}",
            hint=f"Write '{name} {missing[0]}=…'; `centavo simulate --list` shows every setting.",
        )

    def fail(parameter: str, problem: str) -> Exception:
        return ConfigError(f"lever {name}: {parameter} {values.get(parameter, '')!r} {problem}")

    return _made(kind, LeverSettings(Where.of(where), values, fail))


def _made(kind: LeverKind, settings: LeverSettings) -> Lever:
    """Return the lever with the words that would make it again."""
    words = [kind.name, *(shlex.quote(f"{key}={value}") for key, value in settings.values.items())]
    words += [
        shlex.quote(f"{name}={text}") for name, texts in settings.where.conditions for text in texts
    ]
    return replace(kind.make(settings), words=" ".join(words))

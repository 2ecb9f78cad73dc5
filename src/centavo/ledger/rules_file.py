"""The attribution file: rules, label keys and shared costs, read from TOML and checked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Literal, cast, get_args

from centavo.ledger.toml_lines import TomlPlace, near_names, read_toml

__all__ = [
    "CONDITIONS",
    "DEFAULT_CONFIDENCE",
    "SCOPES",
    "Condition",
    "Measure",
    "Rule",
    "RulesFile",
    "Shared",
    "read_rules",
]

Measure = Literal["requests", "tokens", "input_tokens", "output_tokens", "cost"]

DEFAULT_CONFIDENCE = 0.8

# The names of scope in a rules file, as in ``--by``.
SCOPES = (
    "project", "application", "endpoint", "feature", "use_case", "environment", "team",
    "cost_center", "customer",
)  # fmt: skip
_ALIASES = {"customer_id": "customer"}

# What a rule can look at, beside scope and ``tag.KEY``.
CONDITIONS = (
    *SCOPES, "account", "provider", "service", "sku", "resource", "region", "api_key", "model",
    "source",
)  # fmt: skip


@dataclass(frozen=True)
class Condition:
    """One condition of a ``match``: the value of ``key`` must fit one of ``globs``.

    ``key`` is one of ``CONDITIONS`` or ``tag.`` and a label key. In a glob, ``*`` is any text,
    ``?`` any character and ``[ab]`` one of the characters; case counts.
    """

    key: str
    globs: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """Rows that meet every condition get the scope values of ``sets``.

    Attributes:
        name: For messages.
        match: All must hold.
        sets: Scope name and value, in the file's order.
        confidence: 0 to 1.
    """

    name: str
    match: tuple[Condition, ...]
    sets: tuple[tuple[str, str], ...]
    confidence: float


@dataclass(frozen=True)
class Shared:
    """Cost of the rows that match is divided among the values of one scope column.

    Attributes:
        name: Shown with every row that was split.
        match: Conditions on scope; all must hold.
        to: Scope name that receives.
        shares: Receiver and share, adding up to 1; empty when the split is by usage.
        measure: What the shares are measured by; ``None`` when they are fixed.
    """

    name: str
    match: tuple[Condition, ...]
    to: str
    shares: tuple[tuple[str, Decimal], ...]
    measure: Measure | None


@dataclass(frozen=True)
class RulesFile:
    """What one attribution file says, in its own order.

    Attributes:
        rules: First match wins.
        labels: Label keys by scope name, where the file states them.
        shared: First match wins.
    """

    rules: tuple[Rule, ...] = ()
    labels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    shared: tuple[Shared, ...] = ()


def read_rules(path: Path) -> RulesFile:
    """Return the rules, label keys and shared costs of a file.

    Raises:
        ConfigError: The file cannot be used; names file, line, key, value and near names.
    """
    content, top = read_toml(path)
    for key in content:
        _known(key, ("rule", "labels", "shared"), top, (key,))
    rules = tuple(
        _rule(table, top.at("rule", index))
        for index, table in enumerate(_tables(content, "rule", top))
    )
    shared = tuple(
        _shared(table, top.at("shared", index))
        for index, table in enumerate(_tables(content, "shared", top))
    )
    place = top.at("labels")
    labels = tuple(
        (_scope(key, place, (key,)), _texts(value, place, (key,)))
        for key, value in _table(content.get("labels", {}), top, ("labels",)).items()
    )
    return RulesFile(rules, labels, shared)


def _rule(table: Mapping[str, object], place: TomlPlace) -> Rule:
    _only(table, ("name", "match", "set", "confidence"), place)
    if "set" not in table or not table["set"]:
        raise place.error("sets nothing", hint='Add a line such as set = { application = "chat" }.')
    sets = tuple(
        (_scope(key, place, ("set", key)), _value(value, place, ("set", key)))
        for key, value in _table(table["set"], place, ("set",)).items()
    )
    stated = table.get("confidence", str(DEFAULT_CONFIDENCE))
    confidence = None if isinstance(stated, str) and "confidence" in table else _decimal(stated)
    if confidence is None or not 0 <= confidence <= 1:
        raise place.error("is not a number from 0 to 1", "confidence", value=stated)
    return Rule(
        name=_name(table, place),
        match=_match(table, place, (*CONDITIONS, "tag.KEY")),
        sets=sets,
        confidence=float(confidence),
    )


def _shared(table: Mapping[str, object], place: TomlPlace) -> Shared:
    _only(table, ("name", "match", "to", "split", "shares", "measure"), place)
    split = _text(table.get("split", "fixed"), place, ("split",))
    _known(split, ("fixed", "usage"), place, ("split",))
    if "to" not in table:
        raise place.error(
            "does not say who receives", hint='Add a line such as to = "application".'
        )
    needed, other = ("shares", "measure") if split == "fixed" else ("measure", "shares")
    if needed not in table:
        raise place.error(f"is split by {split} and has no {needed}", "split")
    if other in table:
        raise place.error(f"means nothing in a split by {split}", other, hint="Remove it.")
    measure: Measure | None = None
    if split == "usage":
        chosen = _text(table["measure"], place, ("measure",))
        _known(chosen, get_args(Measure), place, ("measure",))
        measure = cast("Measure", chosen)  # checked on the line above
    return Shared(
        name=_name(table, place),
        match=_match(table, place, SCOPES),
        to=_scope(_text(table["to"], place, ("to",)), place, ("to",)),
        shares=_shares(table, place) if split == "fixed" else (),
        measure=measure,
    )


def _shares(table: Mapping[str, object], place: TomlPlace) -> tuple[tuple[str, Decimal], ...]:
    shares: list[tuple[str, Decimal]] = []
    for receiver, value in _table(table["shares"], place, ("shares",)).items():
        share = _decimal(value)
        if share is None or not 0 <= share <= 1:
            raise place.error(
                "is not a decimal from 0 to 1",
                "shares",
                receiver,
                value=value,
                hint='Write the share as text: "0.6".',
            )
        shares.append((receiver, share))
    total = sum((share for _, share in shares), Decimal(0))
    if total != 1:
        raise place.error(
            f"add up to {total.normalize():f}, not 1",
            "shares",
            hint="Shares must add up to exactly 1; give the last receiver the rest.",
        )
    return tuple(shares)


def _match(
    table: Mapping[str, object], place: TomlPlace, known: tuple[str, ...]
) -> tuple[Condition, ...]:
    conditions: list[Condition] = []
    for key, value in _flat(_table(table.get("match", {}), place, ("match",))):
        name = _ALIASES.get(key, key)
        if not ("tag.KEY" in known and len(name) > 4 and name.startswith("tag.")):
            _known(name, known, place, ("match", key))
        globs = _texts(value, place, ("match", key))
        for glob in globs:
            if glob.count("[") != glob.count("]"):
                raise place.error("has a [ without its ]", "match", key, value=glob)
        conditions.append(Condition(name, globs))
    if not conditions:
        raise place.error(
            "has no match",
            hint='Add a line such as match = { project = "shop-*" }; '
            '{ source = "*" } matches every row.',
        )
    return tuple(conditions)


def _flat(match: Mapping[str, object]) -> Iterable[tuple[str, object]]:
    """Yield the conditions; TOML reads an unquoted ``tag.app`` as a table in a table."""
    for key, value in match.items():
        if key == "tag" and isinstance(value, dict):
            for inner, text in _flat(cast("dict[str, object]", value)):  # TOML keys are text
                yield f"tag.{inner}", text
        else:
            yield key, value


def _tables(content: Mapping[str, object], name: str, place: TomlPlace) -> list[dict[str, object]]:
    tables: object = content.get(name, [])
    if not isinstance(tables, list) or not all(
        isinstance(table, dict)
        for table in cast("list[object]", tables)  # items checked here
    ):
        raise place.error("is not a list of tables", name, hint=f"Write [[{name}]] above each.")
    return cast("list[dict[str, object]]", tables)  # checked on the line above


def _table(value: object, place: TomlPlace, keys: tuple[str, ...]) -> dict[str, object]:
    if not isinstance(value, dict):
        raise place.error("is not a table", *keys, value=value, hint="Write { key = value }.")
    return cast("dict[str, object]", value)  # TOML keys are text


def _texts(value: object, place: TomlPlace, keys: tuple[str, ...]) -> tuple[str, ...]:
    values = cast("list[object]", value) if isinstance(value, list) else [value]  # any list
    return tuple(_text(item, place, keys) for item in values)


def _text(value: object, place: TomlPlace, keys: tuple[str, ...]) -> str:
    if not isinstance(value, str):
        raise place.error("is not text", *keys, value=value, hint='Put it in quotes: "…".')
    return value


def _value(value: object, place: TomlPlace, keys: tuple[str, ...]) -> str:
    text = _text(value, place, keys)
    if not text:
        raise place.error("is empty", *keys, hint="Leave the key out to set nothing.")
    if text.startswith("{") and text.endswith("}"):
        raise place.error(
            "looks like a placeholder, and a rule sets fixed text",
            *keys,
            value=text,
            hint="To take a scope from a label, name the label's key under [labels].",
        )
    return text


def _scope(name: str, place: TomlPlace, keys: tuple[str, ...]) -> str:
    scope = _ALIASES.get(name, name)
    _known(scope, SCOPES, place, keys)
    return scope


def _name(table: Mapping[str, object], place: TomlPlace) -> str:
    default = f"{place.table} {place.index + 1}"
    return _text(table.get("name", default), place, ("name",))


def _only(table: Mapping[str, object], known: tuple[str, ...], place: TomlPlace) -> None:
    for key in table:
        _known(key, known, place, (key,))


def _known(name: str, known: tuple[str, ...], place: TomlPlace, keys: tuple[str, ...]) -> None:
    if name not in known:
        value = None if keys[-1] == name else name
        raise place.error("is not known", *keys, value=value, hint=near_names(name, known))


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _decimal(value: object) -> Decimal | None:
    """Return the exact decimal of a number or text; ``None`` when it is neither."""
    if not (isinstance(value, str) or _is_number(value)):
        return None
    try:
        decimal = Decimal(str(value))
    except InvalidOperation:
        return None
    return decimal if decimal.is_finite() else None

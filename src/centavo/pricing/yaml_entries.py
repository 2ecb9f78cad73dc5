"""Hand-kept YAML read entry by entry: every value as it stands in the file, with its line.

No number is turned into a float on the way: values are taken from the text itself, so that
``price: 0.023`` is exactly that, with or without quotes.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, NoReturn, cast

from centavo.errors import BadValueError, InputError
from centavo.ledger.toml_lines import near_names

if TYPE_CHECKING:
    from yaml import MappingNode, Node, ScalarNode

__all__ = ["YamlEntry", "read_yaml"]

_NULL = "tag:yaml.org,2002:null"
# A few lines of aliases of aliases can stand for billions of values; no hand-kept file has so many.
_MOST_VALUES = 200_000
_DEEPEST = 30


@dataclass(frozen=True)
class YamlEntry:
    """One mapping of a YAML file: its values as text, lists or mappings, and where they stand.

    Attributes:
        file: The file as it is named in errors.
        line: 1-based line on which the mapping begins.
        values: By key: text, a list of text, or mappings; an empty value is left out.
        lines: 1-based line of each key.
        hint: What to read when a value is wrong.
    """

    file: str
    line: int
    values: Mapping[str, "str | tuple[str, ...] | tuple[YamlEntry, ...]"]
    lines: Mapping[str, int]
    hint: str = ""

    def check_keys(self, known: Collection[str]) -> None:
        """Check that no key is unknown.

        Raises:
            BadValueError: One is; names its line and what it may have meant.
        """
        for key, value in self.values.items():
            if key not in known:
                self.fail("is not a key here", key, _plain(value), hint=near_names(key, known))

    def text(self, key: str) -> str:
        """Return a value that must be there, as one text."""
        value = self.optional_text(key)
        if value is None:
            self.fail("is missing", key)
        return value

    def optional_text(self, key: str) -> str | None:
        """Return a value as one text, or ``None`` where there is none."""
        value = self.values.get(key)
        if value is None or isinstance(value, str):
            return value
        return self.fail("must be one value", key, value)

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of text; one text is a list of one, nothing an empty list."""
        value = self.values.get(key, ())
        if isinstance(value, str):
            return (value,)
        if not all(isinstance(item, str) for item in value):
            return self.fail("must be a list of text", key, value)
        return cast("tuple[str, ...]", value)

    def entries(self, key: str) -> "tuple[YamlEntry, ...]":
        """Return a list of mappings that must be there."""
        value = self.values.get(key)
        if not isinstance(value, tuple) or not all(isinstance(it, YamlEntry) for it in value):
            return self.fail("must be a list of entries", key, value)
        return cast("tuple[YamlEntry, ...]", value)

    def mapping(self, key: str) -> "YamlEntry | None":
        """Return a mapping, or ``None`` where there is none."""
        if key not in self.values:
            return None
        value = self.values[key]
        if isinstance(value, str) or len(value) != 1 or isinstance(value[0], str):
            return self.fail("must be a mapping of names", key, _plain(value))
        return value[0]

    def decimal(self, key: str) -> Decimal:
        """Return a decimal number of 0 or more that must be there, exactly as written."""
        text = self.text(key)
        try:
            number = Decimal(text)
        except InvalidOperation:
            return self.fail("is not a decimal number", key, text)
        if not number.is_finite() or number < 0:
            return self.fail("is not a number of 0 or more", key, text)
        return number

    def optional_day(self, key: str) -> date | None:
        """Return a date (2026-11-22), or ``None`` where there is none."""
        text = self.optional_text(key)
        if text is None:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            return self.fail("is not a date such as 2026-11-22", key, text)

    def day(self, key: str) -> date:
        """Return a date that must be there."""
        day = self.optional_day(key)
        return self.fail("is missing", key) if day is None else day

    def one_of(self, key: str, known: Collection[str], *, default: str | None = None) -> str:
        """Return a value that must be one of a closed set."""
        text = self.optional_text(key) or default
        if text is None or text not in known:
            return self.fail(f"is none of {', '.join(known)}", key, text)
        return text

    def fail(self, problem: str, key: str, value: object = ..., *, hint: str = "") -> NoReturn:
        """Raise the error that names file, line, key and value."""
        raise BadValueError(
            problem,
            file=self.file,
            line=self.lines.get(key, self.line),
            column=key,
            value=value,
            hint=hint or self.hint,
        )


def read_yaml(content: bytes, *, file: str, hint: str = "") -> YamlEntry:
    """Return the top mapping of a YAML document.

    Args:
        content: The whole file, UTF-8.
        file: Its name, for errors.
        hint: What to read when a value is wrong.

    Raises:
        InputError: It is not YAML in UTF-8; names the line.
        BadValueError: A key stands twice, or a value is of no use here; names the line.
    """
    import yaml

    try:
        node = _composed(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(f"{file} is not UTF-8 (byte {error.start})", hint=hint) from error
    except yaml.MarkedYAMLError as error:
        where = f", line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise InputError(f"{file}{where}: not YAML: {error.problem}", hint=hint) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(f"{file}: not YAML: {error}", hint=hint) from error
    if not isinstance(node, yaml.MappingNode):
        raise InputError(f"{file} is not a YAML mapping", hint=hint)
    return _Entries(file, hint).entry(node, 0)


def _composed(text: str) -> object:
    """Return the document's node, by libyaml where PyYAML was built with it: ten times as fast."""
    import yaml

    compose = cast("Callable[[str, object], object]", yaml.compose)
    loader = getattr(yaml, "CSafeLoader", None)
    if loader is not None:
        # PyYAML's own reader names the line more closely, and an error may take its time.
        with suppress(yaml.YAMLError):
            return compose(text, loader)
    return compose(text, yaml.SafeLoader)


class _Entries:
    """Makes entries of nodes, aliases written out, and counts them."""

    def __init__(self, file: str, hint: str) -> None:
        self._file = file
        self._hint = hint
        self._values = 0

    def entry(self, node: "MappingNode", depth: int) -> YamlEntry:
        """Return a mapping with everything below it."""
        values: dict[str, str | tuple[str, ...] | tuple[YamlEntry, ...]] = {}
        lines: dict[str, int] = {}
        found = YamlEntry(self._file, node.start_mark.line + 1, values, lines, self._hint)
        for key_node, value_node in cast("list[tuple[ScalarNode, Node]]", node.value):
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            repeated = key in lines
            lines[key] = line
            if repeated:
                found.fail("stands twice", key, key)
            if value_node.tag != _NULL:
                values[key] = self._value(value_node, found, key, depth + 1)
        return found

    def _value(
        self, node: "Node", place: YamlEntry, key: str, depth: int
    ) -> "str | tuple[str, ...] | tuple[YamlEntry, ...]":
        from yaml import MappingNode, ScalarNode, SequenceNode

        self._values += 1
        if self._values > _MOST_VALUES or depth > _DEEPEST:
            place.fail(f"stands for more than {_MOST_VALUES:,} values, or for itself", key)
        if isinstance(node, ScalarNode):
            return str(node.value)
        if isinstance(node, MappingNode):
            return (self.entry(node, depth),)
        items = cast("list[Node]", node.value) if isinstance(node, SequenceNode) else []
        self._values += len(items)
        scalars = [str(item.value) for item in items if isinstance(item, ScalarNode)]
        mappings = [item for item in items if isinstance(item, MappingNode)]
        if len(scalars) == len(items):
            return tuple(scalars)
        if len(mappings) == len(items):
            return tuple(self.entry(item, depth) for item in mappings)
        return place.fail("mixes values and entries", key)


def _plain(value: "str | tuple[str, ...] | tuple[YamlEntry, ...]") -> object:
    """Return a value as an error shows it."""
    if isinstance(value, str):
        return value
    return [item if isinstance(item, str) else dict(item.values) for item in value]

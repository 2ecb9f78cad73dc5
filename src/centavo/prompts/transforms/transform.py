"""The transformations of a text, in the order in which they may follow one another."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from centavo.errors import ConfigError
from centavo.prompts.payload import mapped, texts_in
from centavo.prompts.transforms.compact_json import compact_json
from centavo.prompts.transforms.repeats import once, repeated_again
from centavo.prompts.transforms.tabular import rows_again, tabular
from centavo.prompts.transforms.whitespace import trimmed

__all__ = ["TRANSFORMS", "Transform", "transform_named"]


@dataclass(frozen=True)
class Transform:
    """One transformation.

    Attributes:
        name: In plans and on the command line.
        says: What it does, as a phrase.
        change: Of one text.
        is_lossless: Whether the old text (or the value that its JSON states) can be had back from the new one alone.
        restores: Whether it comes back: proved for each text that is changed, before it counts.
        proves_itself: ``change`` has asked that, more strictly, of whatever it changed.
    """

    name: str
    says: str
    change: Callable[[str], str]
    is_lossless: bool
    restores: Callable[[str, str], bool]
    proves_itself: bool = False

    def apply(self, value: object) -> object:
        """Return a part's value with its texts changed; a text that would not come back stays."""
        return mapped(value, self.proved)

    def proved(self, text: str) -> str:
        """Return the text changed, or as it is where it would not come back."""
        new = self.change(text)
        is_safe = self.proves_itself or new == text or self.restores(text, new)
        return new if is_safe else text

    def is_proved(self, old: object, new: object) -> bool:
        """Say whether every text of the new value gives the old one back."""
        olds, news = list(texts_in(old)), list(texts_in(new))
        return len(olds) == len(news) and all(
            a == b or self.restores(a, b) for a, b in zip(olds, news, strict=True)
        )


def _same_json(old: str, new: str) -> bool:
    """Say whether both say the same when the blanks of their JSON are taken out."""
    return compact_json(old) == compact_json(new)


def _same_table(old: str, new: str) -> bool:
    try:
        return json.loads(old) == rows_again(json.loads(new))
    except ValueError:
        # Within other text: each block was proved as it was changed.
        return tabular(old) == new


def _same_lines(old: str, new: str) -> bool:
    return repeated_again(new) == old


def _same_words(old: str, new: str) -> bool:
    return old.split() == new.split()


TRANSFORMS: tuple[Transform, ...] = (
    Transform("compact-json", "JSON without blanks", compact_json, True, _same_json),  # noqa: FBT003 -- a column of the table
    Transform("tabular", "lists of like objects as tables", tabular, True, _same_table, True),  # noqa: FBT003
    Transform("once", "repeated lines named, not said again", once, True, _same_lines),  # noqa: FBT003
    # The words stay; a layout that meant something does not come back.
    Transform("whitespace", "without blanks that say nothing", trimmed, False, _same_words),  # noqa: FBT003
)


def transform_named(name: str) -> Transform:
    """Return the transformation of that name.

    Raises:
        ConfigError: There is none.
    """
    for each in TRANSFORMS:
        if each.name == name:
            return each
    known = ", ".join(each.name for each in TRANSFORMS)
    raise ConfigError(f"{name!r} is no transformation", hint=f"Known: {known}.")

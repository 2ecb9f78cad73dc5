"""A sentence that is said later: a message and its values, in English as it stands or in any language.

Whoever knows something (a rule, a lever) says it once, as a message with typed values; the register keeps
both. A reader says it at the end, through its catalogue and with its numbers, money and dates. Text of
people and of other programs is plain text, and stays as it is.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import cast

from centavo.money import Money

__all__ = [
    "N_", "Message", "Month", "Percent", "Value", "Words", "figure", "joined", "message", "messages_in",
    "messages_kept", "numbered", "percent",
]  # fmt: skip

# Marks a message without values for the catalogue, where it is written; it is translated where it is read.
N_: Callable[[str], str] = str
_FIELD = re.compile(r"\{\w+\}")


@dataclass(frozen=True)
class Percent:
    """A share in hundredths, rounded to the decimals that are shown."""

    value: Decimal

    def __str__(self) -> str:
        return f"{self.value:,f} %"


@dataclass(frozen=True)
class Month:
    """The month of a day, where the day does not matter."""

    first: date


@dataclass(frozen=True)
class Message:
    """A message, and a value for each ``{name}`` in it.

    Attributes:
        text: In English; catalogues know it by this.
        values: By name.
        many: The message where ``{number}`` is not one; empty where no number decides.

    >>> str(message("{place} costs {cost} since {day}.", place="a", cost=Money(Decimal("1234.50"), "USD"),
    ...             day=date(2026, 6, 1)))
    'a costs 1,234.50 USD since 2026-06-01.'
    """

    text: str
    values: "Mapping[str, Value]"
    many: str = ""

    def __str__(self) -> str:
        values = {name: _english(value) for name, value in self.values.items()}
        text = self.many if self.many and self.values["number"] != 1 else self.text
        return text.format(**values) if values else text

    @property
    def has_words(self) -> bool:
        """Whether it has words of its own, and does not only hold others together."""
        return any(each.isalpha() for each in _FIELD.sub("", self.text))


Value = str | int | Decimal | Percent | Money | date | Month | Message
"""Text is a name and said as it is; numbers and money are shown with the decimals that they have."""

Words = str | Message
"""What is said: a message with values; or text, which a catalogue may know or not."""


def message(text: str, /, **values: Value) -> Message:
    """Return a message with its values; the text is what catalogues know it by."""
    return Message(text, values)


def numbered(one: str, many: str, number: int, /, **values: Value) -> Message:
    """Return what is said of a number of things, which is ``{number}`` in the text.

    >>> str(numbered("{number} day", "{number} days", 1)), str(numbered("{number} day", "{number} days", 2))
    ('1 day', '2 days')
    """
    return Message(one, {"number": number, **values}, many)


def joined(*parts: Words, by: str = " ") -> Message:
    """Return messages one after the other; what is empty is left out.

    >>> str(joined("One.", "", message("Two cost {n}.", n=3)))
    'One. Two cost 3.'
    """
    said = [part if isinstance(part, Message) else Message(part, {}) for part in parts if part]
    if len(said) == 1:
        return said[0]
    named: dict[str, Value] = {f"part{n}": part for n, part in enumerate(said, 1)}
    return Message(by.join(f"{{{name}}}" for name in named), named)


def figure(value: Decimal | float | str, decimals: int = 0) -> Decimal:
    """Return a number with the decimals that a reader sees.

    >>> figure(2.25, 1), figure(Decimal("1234.5"))
    (Decimal('2.2'), Decimal('1234'))
    """
    return round(Decimal(str(value)), decimals) + Decimal(0)


def percent(share: Decimal, decimals: int = 0) -> Percent:
    """Return a share of one in percent.

    >>> str(percent(Decimal("0.204")))
    '20 %'
    """
    return Percent(figure(100 * share, decimals))


def messages_kept(said: Mapping[str, Words | None]) -> str | None:
    """Return the messages among words as a register keeps them: one JSON object; ``None`` without any."""
    found = {name: _kept(words) for name, words in said.items() if isinstance(words, Message)}
    return json.dumps(found, ensure_ascii=False) if found else None


def messages_in(text: str | None) -> dict[str, Message]:
    """Return the messages that a register kept.

    Raises:
        ValueError: The text is no answer of ``messages_kept``.
    """
    said = cast("dict[str, object]", json.loads(text)) if text else {}
    found = {name: _value_of(value) for name, value in said.items()}
    return {name: each for name, each in found.items() if isinstance(each, Message)}


def _english(value: Value) -> str:
    match value:
        case Money():
            return f"{value.amount:,f} {value.currency}"
        case Month():
            return f"{value.first:%B %Y}"
        case Decimal():
            return f"{value:,f}"
        case int():
            return f"{value:,}"
        case _:
            return str(value)


def _kept(value: Value) -> object:
    match value:
        case Message():
            values = {name: _kept(each) for name, each in value.values.items()}
            return {"message": value.text, "values": values, "many": value.many}
        case Money():
            return {"money": str(value.amount), "currency": value.currency}
        case str() | int():
            return value
        case _:
            return _kept_figure(value)


def _kept_figure(value: Decimal | Percent | Month | date) -> object:
    match value:
        case Percent():
            return {"percent": str(value.value)}
        case Month():
            return {"month": value.first.isoformat()}
        case Decimal():
            return {"number": str(value)}
        case _:
            return {"day": value.isoformat()}


def _value_of(value: object) -> Value:
    if isinstance(value, str | int):
        return value
    # Of ``json``: any key is text.
    match cast("dict[str, object]", value):
        case {"message": str(text), "values": values, "many": str(many)}:
            named = cast("dict[str, object]", values)
            return Message(text, {name: _value_of(each) for name, each in named.items()}, many)
        case {"money": str(amount), "currency": str(currency)}:
            return Money(Decimal(amount), currency)
        case other:
            return _figure_of(other)


def _figure_of(value: Mapping[str, object]) -> Value:
    match value:
        case {"percent": str(number)}:
            return Percent(Decimal(number))
        case {"month": str(day)}:
            return Month(date.fromisoformat(day))
        case {"number": str(number)}:
            return Decimal(number)
        case {"day": str(day)}:
            return date.fromisoformat(day)
        case _:
            raise ValueError(f"no value of a message: {value!r}")

"""A language: its catalogue of messages, and its numbers, money and dates.

Messages are written in English where they are used and looked up in ``locale/<code>/centavo.po``.
On screen and on paper the spaces inside a number do not break; exports have none (``plain``).
"""

import gettext
import io
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from centavo.errors import ConfigError
from centavo.message import N_, Message, Month, Percent, Value, Words
from centavo.money import Money

__all__ = ["LANGUAGES", "N_", "Language", "language"]

LANGUAGES: dict[str, str] = {"en": "English", "pt-BR": "Português (Brasil)"}
_AND = N_("and")
_SPACE = "\N{NO-BREAK SPACE}"
_MINUS = "\N{MINUS SIGN}"
UNKNOWN = "\N{EM DASH}"
_SYMBOLS = {"USD": "US$", "BRL": "R$", "EUR": "€", "GBP": "£"}


@dataclass(frozen=True)
class Language:
    """One language. Amounts are rounded here and nowhere before.

    Attributes:
        code: ``en`` or ``pt-BR``, as the ``lang`` attribute of a page.
        locale: Its rules for numbers and dates.
        catalogue: Its messages.
    """

    code: str
    locale: Locale
    catalogue: gettext.NullTranslations

    def __call__(self, message: str, /, **values: object) -> str:
        """Return a message in this language with its values filled in."""
        text = self.catalogue.gettext(message)
        return text.format(**values) if values else text

    def count(self, one: str, many: str, number: int, /, **values: object) -> str:
        """Return the message for a number of things; ``{number}`` is that number as written."""
        text = self.catalogue.ngettext(one, many, number)
        return text.format(number=self.number(number), **values)

    def told(self, words: Words) -> str:
        """Return what was said, in this language; what its catalogue does not know stays English."""
        if isinstance(words, str):
            return self(words) if words else ""
        text = self.catalogue.gettext(words.text)
        if words.many and isinstance(number := words.values["number"], int):
            text = self.catalogue.ngettext(words.text, words.many, number)
        values = {name: self._value(value) for name, value in words.values.items()}
        return text.format(**values) if values else text

    def knows(self, words: Words) -> bool:
        """Say whether all that was said has words in this language."""
        if self.code == "en" or not words:
            return True
        if isinstance(words, str):
            return self.catalogue.gettext(words) != words
        inner = (each for each in words.values.values() if isinstance(each, Message))
        is_known = not words.has_words or self.catalogue.gettext(words.text) != words.text
        return is_known and all(map(self.knows, inner))

    def number(self, value: Decimal | int | float | None, decimals: int = 0) -> str:
        """Return a number; unknown is a dash, and nothing is ``-0``.

        >>> language("pt-BR").number(Decimal("1234.5"), 2)
        '1.234,50'
        """
        if value is None:
            return UNKNOWN
        exact = value if isinstance(value, Decimal) else Decimal(str(value))
        rounded = round(exact, decimals) + 0
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        shown = format_decimal(abs(rounded), format=pattern, locale=self.locale)
        return f"{_MINUS}{shown}" if rounded < 0 else shown

    def money(self, amount: Money | None, *, decimals: int = 2) -> str:
        r"""Return an amount with its currency.

        >>> language("en").money(Money(Decimal("-0.001"), "USD"))
        'US$\xa00.00'
        """
        if amount is None:
            return UNKNOWN
        symbol = _SYMBOLS.get(amount.currency, amount.currency)
        shown = self.number(amount.amount, decimals)
        sign, digits = (_MINUS, shown[1:]) if shown.startswith(_MINUS) else ("", shown)
        return f"{sign}{symbol}{_SPACE}{digits}"

    def percent(self, share: Decimal | float | None, decimals: int = 1) -> str:
        r"""Return a share of one in percent.

        >>> language("en").percent(0.234)
        '23.4\xa0%'
        """
        if share is None:
            return UNKNOWN
        return f"{self.number(Decimal(str(share)) * 100, decimals)}{_SPACE}%"

    def day(self, day: date) -> str:
        """Return a day in words: ``1 Oct 2026``, ``1 de out. de 2026``."""
        pattern = "d MMM y" if self.code == "en" else "medium"
        return format_date(day, format=pattern, locale=self.locale)

    def short_day(self, day: date) -> str:
        """Return a day without its year, for an axis."""
        return format_date(day, format="d MMM", locale=self.locale)

    def month(self, day: date) -> str:
        """Return the month of a day: ``October 2026``, ``outubro de 2026``."""
        return format_skeleton("yMMMM", day, locale=self.locale)

    def short_month(self, day: date) -> str:
        """Return the month of a day for an axis."""
        return format_date(day, format="MMM yy", locale=self.locale)

    def _value(self, value: Value) -> str:
        match value:
            case Message():
                return self.told(value)
            case Money(amount=amount):
                return self.money(value, decimals=_decimals(amount))
            case Percent(value=share):
                return self.percent(share / 100, _decimals(share))
            case str():
                return value
            case _:
                return self._figure(value)

    def _figure(self, value: Decimal | int | Month | date) -> str:
        match value:
            case Month():
                return self.month(value.first)
            case Decimal() | int():
                return self.number(value, _decimals(Decimal(value)))
            case _:
                return self.day(value)

    def list_of(self, words: list[str]) -> str:
        """Return words joined as a sentence joins them.

        >>> language("pt-BR").list_of(["a", "b", "c"])
        'a, b e c'
        """
        if len(words) < 2:
            return "".join(words)
        return f"{', '.join(words[:-1])} {self(_AND)} {words[-1]}"


def _decimals(number: Decimal) -> int:
    """Return how many decimals a number is written with."""
    exponent = number.as_tuple().exponent
    return -exponent if isinstance(exponent, int) and exponent < 0 else 0


def plain(text: str) -> str:
    """Return a text for an export: no-break spaces and the typographic minus are the keyboard's."""
    return text.replace(_SPACE, " ").replace("\N{NARROW NO-BREAK SPACE}", " ").replace(_MINUS, "-")


@cache
def language(code: str) -> Language:
    """Return a language by its code; ``pt`` and ``pt_BR`` are ``pt-BR``.

    Raises:
        ConfigError: There is no catalogue of it.
    """
    name = code.replace("_", "-")
    found = next((known for known in LANGUAGES if known.lower() == name.lower()), None)
    if found is None:
        start = name.split("-")[0].lower()
        found = next((known for known in LANGUAGES if known.split("-")[0] == start), None)
    if found is None:
        raise ConfigError(f"no language {code!r}", hint=f"Known: {', '.join(LANGUAGES)}.")
    locale = Locale.parse("en_US" if found == "en" else found.replace("-", "_"))
    return Language(found, locale, _catalogue(found))


def _catalogue(code: str) -> gettext.NullTranslations:
    if code == "en":
        return gettext.NullTranslations()
    folder = files("centavo.deliverables").joinpath("locale", code.replace("-", "_"))
    compiled = io.BytesIO()
    with folder.joinpath("centavo.po").open("rb") as source:
        write_mo(compiled, read_po(source))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)

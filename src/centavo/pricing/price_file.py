"""The user's own prices: a TOML file of negotiated prices and discounts that wins over the list."""

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NoReturn, cast

from centavo.errors import BadValueError, CurrencyError, PriceError
from centavo.money import currency_code
from centavo.pricing.slices import ALWAYS, NEVER, UnitPrice
from centavo.pricing.tiers import STANDARD, TIERS, Tier

__all__ = ["Discount", "NegotiatedPrice", "PriceFile", "parse_price_file", "read_price_file"]

_DAMAGED_LINE = re.compile(r"line (\d+)")
_SECTION = re.compile(r"^\s*\[\[?\s*([A-Za-z_]+)\s*\]\]?")
_SCOPE_KEYS = ("provider", "model", "tier", "valid_from", "valid_to")
_TOP_KEYS = ("currency", "price", "discount")
_MAX_PRICE = Decimal(1_000_000_000)
_MAX_FACTOR = Decimal(10)


@dataclass(frozen=True)
class _Scope:
    """Which requests an entry of the file is for.

    Attributes:
        provider: Lower-case name, with ``*`` and ``?`` as wildcards.
        model: Lower-case name, with ``*`` and ``?`` as wildcards.
        tier: Processing tier; ``None`` for every tier.
        valid_from: First instant, naive UTC.
        valid_to: End, excluded.
    """

    provider: str
    model: str
    tier: Tier | None
    valid_from: datetime
    valid_to: datetime

    def covers(self, providers: Collection[str], models: Collection[str], tier: Tier) -> bool:
        """Say whether the entry is for requests known by any of these lower-case names."""
        return (
            self.tier in {None, tier}
            and any(fnmatchcase(name, self.provider) for name in providers or ("",))
            and any(fnmatchcase(name, self.model) for name in models)
        )

    def holds(self, at: datetime) -> bool:
        """Say whether the entry holds at an instant (naive UTC)."""
        return self.valid_from <= at < self.valid_to


@dataclass(frozen=True)
class NegotiatedPrice:
    """Prices of some units of some models, in one currency."""

    scope: _Scope
    currency: str
    prices: Mapping[str, UnitPrice]


@dataclass(frozen=True)
class Discount:
    """A factor on every list price of some models."""

    scope: _Scope
    factor: Decimal


@dataclass(frozen=True)
class PriceFile:
    """What the user's file says, in its order: where two entries meet, the later one wins."""

    name: str
    content: bytes
    prices: tuple[NegotiatedPrice, ...]
    discounts: tuple[Discount, ...]


def read_price_file(path: Path, price_keys: Collection[str]) -> PriceFile:
    """Return the content of a price file.

    Args:
        path: TOML file, UTF-8.
        price_keys: The price keys that may be set.

    Raises:
        PriceError: The file cannot be opened or is not TOML.
        BadValueError: A key or value cannot be used; names the line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise PriceError(
            f"the price file {path} cannot be opened: {error.strerror}",
            hint="Check the path and the permissions.",
        ) from error
    return parse_price_file(path.name, content, price_keys=price_keys)


def parse_price_file(name: str, content: bytes, *, price_keys: Collection[str]) -> PriceFile:
    """Return the content of a price file that has been read already.

    Raises:
        PriceError: It is not TOML in UTF-8.
        BadValueError: A key or value cannot be used; names the line.
    """
    try:
        text = content.decode()
        # Floats would lose digits of money: TOML's numbers are read as decimals.
        data = tomllib.loads(text, parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise PriceError(
            f"the price file {name} is not UTF-8 at byte {error.start}",
            hint="Save it as UTF-8.",
        ) from error
    except tomllib.TOMLDecodeError as error:
        found = _DAMAGED_LINE.search(str(error))
        where = f"{name}, line {found[1]}" if found else name
        raise PriceError(f"{where}: not TOML: {error}", hint="See docs/prices.md.") from error
    return _Reader(name, text, price_keys).read(content, data)


class _Reader:
    """Turns the parsed TOML into entries, and points at the line where it cannot."""

    def __init__(self, name: str, text: str, price_keys: Collection[str]) -> None:
        self._name = name
        self._lines = text.splitlines()
        self._price_keys = price_keys

    def read(self, content: bytes, data: dict[str, object]) -> PriceFile:
        for key, value in data.items():
            if key not in _TOP_KEYS:
                self._fail("is not a setting of a price file", None, key, value)
        default = self._currency(data.get("currency", "USD"), None)
        prices: list[NegotiatedPrice] = []
        for entry in self._entries(data, "price"):
            scope = self._scope(entry, entry.text("tier", STANDARD))
            currency = self._currency(entry.table.get("currency", default), entry)
            prices.append(NegotiatedPrice(scope, currency, self._unit_prices(entry)))
        discounts = [
            Discount(self._scope(entry, entry.text("tier", "*")), self._factor(entry))
            for entry in self._entries(data, "discount")
        ]
        return PriceFile(self._name, content, tuple(prices), tuple(discounts))

    def _entries(self, data: dict[str, object], section: str) -> "list[_Entry]":
        tables = data.get(section, [])
        entries = cast("list[object]", tables) if isinstance(tables, list) else [None]
        if not all(isinstance(entry, dict) for entry in entries):
            self._fail(f"is written [[{section}]], once per entry", None, section, data[section])
        return [
            _Entry(section, index, table)
            for index, table in enumerate(cast("list[dict[str, object]]", entries))
        ]

    def _scope(self, entry: "_Entry", tier: object) -> _Scope:
        names: dict[str, str] = {}
        for key in ("provider", "model"):
            value = entry.text(key, "*")
            if not isinstance(value, str) or not value.strip():
                self._fail("is not a name", entry, key, value)
            names[key] = value.strip().lower()
        if tier != "*" and tier not in TIERS:
            self._fail(f"is none of {', '.join(TIERS)} or *", entry, "tier", tier)
        valid_from = self._instant(entry, "valid_from", ALWAYS)
        valid_to = self._instant(entry, "valid_to", NEVER)
        if valid_from >= valid_to:
            value = entry.table.get("valid_to")
            self._fail("is not later than valid_from", entry, "valid_to", value)
        chosen = None if tier == "*" else cast("Tier", tier)
        return _Scope(names["provider"], names["model"], chosen, valid_from, valid_to)

    def _instant(self, entry: "_Entry", key: str, default: datetime) -> datetime:
        value = entry.table.get(key)
        if value is None:
            return default
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value)
            except ValueError:
                self._fail("is not a date", entry, key, value)
        if isinstance(value, datetime):
            return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        if isinstance(value, date):
            return datetime.combine(value, time.min)
        return self._fail("is not a date", entry, key, value)

    def _unit_prices(self, entry: "_Entry") -> dict[str, UnitPrice]:
        prices: dict[str, UnitPrice] = {}
        for key, value in entry.table.items():
            if key in (*_SCOPE_KEYS, "currency"):
                continue
            if key not in self._price_keys:
                known = ", ".join(self._price_keys)
                self._fail(f"is not a price that a request can have ({known})", entry, key, value)
            prices[key] = self._unit_price(entry, key, value)
        if not prices:
            self._fail("sets no price", entry, entry.section, dict(entry.table))
        return prices

    def _unit_price(self, entry: "_Entry", key: str, value: object) -> UnitPrice:
        if not isinstance(value, dict):
            return UnitPrice(self._decimal(entry, key, value, _MAX_PRICE))
        table = cast("dict[str, object]", value)
        steps = table.get("above", [])
        if set(table) != {"base", "above"} or not isinstance(steps, list):
            self._fail("needs base and above = [{ input_tokens, price }]", entry, key, table)
        above: list[tuple[int, Decimal]] = []
        for step in cast("list[object]", steps):
            row: dict[str, object] = (
                cast("dict[str, object]", step) if isinstance(step, dict) else {}
            )
            start = row.get("input_tokens")
            last = above[-1][0] if above else -1
            if set(row) != {"input_tokens", "price"} or type(start) is not int or start <= last:
                self._fail("needs ascending { input_tokens, price }", entry, key, row)
            above.append((start, self._decimal(entry, key, row["price"], _MAX_PRICE)))
        return UnitPrice(self._decimal(entry, key, table["base"], _MAX_PRICE), tuple(above))

    def _factor(self, entry: "_Entry") -> Decimal:
        for key, value in entry.table.items():
            if key not in (*_SCOPE_KEYS, "factor"):
                self._fail("is not a setting of a discount", entry, key, value)
        return self._decimal(entry, "factor", entry.table.get("factor"), _MAX_FACTOR)

    def _decimal(self, entry: "_Entry", key: str, value: object, most: Decimal) -> Decimal:
        number: Decimal | None = None
        if isinstance(value, str | Decimal) or type(value) is int:
            try:
                number = Decimal(value)
            except InvalidOperation:
                number = None
        if number is None or not number.is_finite():
            return self._fail("is not a decimal number", entry, key, value)
        if not 0 <= number <= most:
            return self._fail(f"is not between 0 and {most}", entry, key, value)
        return number

    def _currency(self, value: object, entry: "_Entry | None") -> str:
        try:
            return currency_code(value if isinstance(value, str) else "")
        except CurrencyError:
            return self._fail("is not a currency code such as USD", entry, "currency", value)

    def _fail(self, problem: str, entry: "_Entry | None", key: str, value: object) -> NoReturn:
        raise BadValueError(
            problem,
            file=self._name,
            line=self._line(entry, key),
            column=key,
            value=value,
            hint="docs/prices.md describes the price file.",
        )

    def _line(self, entry: "_Entry | None", key: str) -> int | None:
        """Return the line of a key of an entry, of the entry, or of a top-level key."""
        seen = -1
        here = entry is None
        start: int | None = None
        assignment = re.compile(rf"^\s*\"?{re.escape(key)}\"?\s*[=.]")
        for number, line in enumerate(self._lines, start=1):
            header = _SECTION.match(line)
            if header:
                if entry is not None:
                    seen += header[1] == entry.section
                    here = header[1] == entry.section and seen == entry.index
                    start = number if here else start
                elif header[1] == key:
                    return number
                else:
                    here = False
            elif here and assignment.match(line):
                return number
        return start


@dataclass(frozen=True)
class _Entry:
    """One ``[[price]]`` or ``[[discount]]`` of the file."""

    section: str
    index: int
    table: dict[str, object]

    def text(self, key: str, default: str) -> object:
        return self.table.get(key, default)

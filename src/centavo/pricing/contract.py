"""What was agreed beside the prices: committed spend, minimum charges and taxes, as a TOML file.

Prices and discounts stand in the price file, because they are part of every request's cost.
Commitments, minimums and taxes are not: they are figures of their own and never mixed into cost.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal, NoReturn, cast, get_args

from centavo.errors import BadValueError, CurrencyError
from centavo.ledger.toml_lines import TomlPlace, near_names, read_toml
from centavo.money import EXACT, LEDGER_DECIMALS, Money, currency_code

__all__ = ["Contract", "Promise", "Span", "Tax", "TaxLine"]

SpanLength = Literal["month", "quarter", "year", "term"]
CostBasis = Literal["billed", "metered"]
TaxMethod = Literal["on_top", "inside"]
_MONTHS: Mapping[SpanLength, int] = {"month": 1, "quarter": 3, "year": 12}
_SCOPE = ("name", "provider", "valid_from", "valid_to", "note")
_KEYS: Mapping[str, tuple[str, ...]] = {
    "commitment": (*_SCOPE, "amount", "currency", "per", "basis"),
    "minimum": (*_SCOPE, "amount", "currency", "per", "basis"),
    "tax": (*_SCOPE, "percent", "method"),
}
_HINT = "docs/contract.md describes the file."
_MAX_AMOUNT = Decimal(10) ** 15
_HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Span:
    """One span of a promise: first day, and the day after its last."""

    first: date
    end: date


@dataclass(frozen=True)
class Promise:
    """Spend that was promised for each span: a commitment, or a minimum charge.

    Attributes:
        kind: ``commitment``: what is not used is lost or owed. ``minimum``: what is not used is
            charged all the same.
        name: For a person.
        provider: Lower-case name as bills or logs have it, with ``*`` and ``?``.
        amount: For each span.
        per: Length of a span.
        basis: Which cost counts: that of bills or that of metered requests.
        valid_from: First day.
        valid_to: Day after the last.
        note: What a reader must know.
    """

    kind: Literal["commitment", "minimum"]
    name: str
    provider: str
    amount: Money
    per: SpanLength
    basis: CostBasis
    valid_from: date
    valid_to: date
    note: str

    def covers(self, provider: str | None) -> bool:
        """Say whether a provider's cost counts."""
        return fnmatchcase((provider or "").lower(), self.provider)

    def spans(self, until: date) -> Iterable[Span]:
        """Yield the spans that begin before a day; the last one may end before its length."""
        if self.per == "term":
            if self.valid_from < until:
                yield Span(self.valid_from, self.valid_to)
            return
        number, first = 0, self.valid_from
        while first < min(until, self.valid_to):
            number += 1
            following = _months_after(self.valid_from, number * _MONTHS[self.per])
            yield Span(first, min(following, self.valid_to))
            first = following

    def shortfall(self, used: Decimal) -> Money:
        """Return what is left of the promise after some use; never below zero."""
        left = EXACT.subtract(self.amount.amount, used)
        return Money(max(left, Decimal(0)), self.amount.currency)


@dataclass(frozen=True)
class Tax:
    """A tax on what a provider charges, in percent.

    Attributes:
        name: ISS, PIS, COFINS, VAT …
        provider: Lower-case name as bills have it, with ``*`` and ``?``.
        percent: Rate.
        method: ``on_top``: percent of the cost. ``inside``: percent of the price that contains
            the tax itself, as Brazilian law reckons ISS, PIS and COFINS.
        valid_from: First day.
        valid_to: Day after the last.
        note: What a reader must know.
    """

    name: str
    provider: str
    percent: Decimal
    method: TaxMethod
    valid_from: date
    valid_to: date
    note: str

    def covers(self, provider: str | None) -> bool:
        """Say whether a provider's cost is taxed."""
        return fnmatchcase((provider or "").lower(), self.provider)


@dataclass(frozen=True)
class TaxLine:
    """One tax on one amount: a figure beside the cost, never in it."""

    tax: Tax
    base: Money
    amount: Money


@dataclass(frozen=True)
class Contract:
    """What the file says, in its order.

    Attributes:
        promises: Commitments, then minimums.
        taxes: Taxes.
    """

    promises: tuple[Promise, ...]
    taxes: tuple[Tax, ...]

    @classmethod
    def load(cls, path: Path) -> "Contract":
        """Return the content of a contract file.

        Raises:
            ConfigError: The file cannot be read or is not TOML; names line and column.
            BadValueError: A key or value cannot be used; names file, line, key and value.
        """
        content, top = read_toml(path)
        for key, value in content.items():
            if key not in (*_KEYS, "currency"):
                _fail(top, "is not a part of a contract", key, value, known=(*_KEYS, "currency"))
        currency = _currency(top, content.get("currency", "USD"))
        promises = [
            _promise(kind, entry, place, currency)
            for kind in ("commitment", "minimum")
            for entry, place in _entries(content, top, kind)
        ]
        taxes = [_tax(entry, place) for entry, place in _entries(content, top, "tax")]
        for tax, (_, place) in zip(taxes, _entries(content, top, "tax"), strict=True):
            if tax.method == "inside" and _inside_percent(taxes, tax) >= _HUNDRED:
                _fail(place, "makes taxes inside the price 100 % or more", "percent", tax.percent)
        return cls(tuple(promises), tuple(taxes))

    def tax_lines(self, provider: str | None, day: date, cost: Money) -> list[TaxLine]:
        """Return the taxes on a cost of a day, each rounded half to even to 12 decimals.

        Taxes inside the price are reckoned together: with 5 % and 3 % inside, the price with tax is
        cost / 0.92, and each tax is its percentage of that.
        """
        applying = [
            tax
            for tax in self.taxes
            if tax.covers(provider) and tax.valid_from <= day < tax.valid_to
        ]
        inside = sum((tax.percent for tax in applying if tax.method == "inside"), Decimal(0))
        lines: list[TaxLine] = []
        for tax in applying:
            whole = _HUNDRED - inside if tax.method == "inside" else _HUNDRED
            product = EXACT.multiply(cost.amount, tax.percent)
            amount = EXACT.quantize(EXACT.divide(product, whole), LEDGER_DECIMALS)
            lines.append(TaxLine(tax, cost, Money(amount, cost.currency)))
        return lines


def _entries(
    content: Mapping[str, object], top: TomlPlace, table: str
) -> Sequence[tuple[Mapping[str, object], TomlPlace]]:
    found = content.get(table, [])
    entries = cast("list[object]", found) if isinstance(found, list) else [found]
    pairs: list[tuple[Mapping[str, object], TomlPlace]] = []
    for index, entry in enumerate(entries):
        place = top.at(table, index)
        if not isinstance(found, list) or not isinstance(entry, dict):
            _fail(top, f"is written [[{table}]], once per entry", table, content[table])
        fields = cast("dict[str, object]", entry)
        for key, value in fields.items():
            if key not in _KEYS[table]:
                _fail(place, f"is not a key of a {table}", key, value, known=_KEYS[table])
        pairs.append((fields, place))
    return pairs


def _promise(kind: str, entry: Mapping[str, object], place: TomlPlace, currency: str) -> Promise:
    valid_from, valid_to = _days(entry, place)
    if "valid_from" not in entry:
        _fail(place, "is missing: spans are counted from it", "valid_from", None)
    per = _one_of(entry, place, "per", get_args(SpanLength), "month" if kind == "minimum" else None)
    if per == "term" and "valid_to" not in entry:
        _fail(place, "is missing: a term has an end", "valid_to", None)
    provider = _text(entry, place, "provider", "*")
    amount = _decimal(entry, place, "amount", _MAX_AMOUNT)
    return Promise(
        kind=cast("Literal['commitment', 'minimum']", kind),
        name=_text(entry, place, "name", f"{kind} at {provider}"),
        provider=provider.lower(),
        amount=Money(amount, _currency(place, entry.get("currency", currency))),
        per=cast("SpanLength", per),
        basis=cast("CostBasis", _one_of(entry, place, "basis", get_args(CostBasis), "billed")),
        valid_from=valid_from,
        valid_to=valid_to,
        note=_text(entry, place, "note", ""),
    )


def _tax(entry: Mapping[str, object], place: TomlPlace) -> Tax:
    valid_from, valid_to = _days(entry, place)
    if "name" not in entry:
        _fail(place, "is missing", "name", None)
    return Tax(
        name=_text(entry, place, "name", ""),
        provider=_text(entry, place, "provider", "*").lower(),
        percent=_decimal(entry, place, "percent", _HUNDRED),
        method=cast("TaxMethod", _one_of(entry, place, "method", get_args(TaxMethod), "on_top")),
        valid_from=valid_from,
        valid_to=valid_to,
        note=_text(entry, place, "note", ""),
    )


def _inside_percent(taxes: Iterable[Tax], like: Tax) -> Decimal:
    """Return the sum of the inside taxes that may meet this one."""
    meeting = [
        tax.percent
        for tax in taxes
        if tax.method == "inside"
        and tax.valid_from < like.valid_to
        and like.valid_from < tax.valid_to
        and (fnmatchcase(like.provider, tax.provider) or fnmatchcase(tax.provider, like.provider))
    ]
    return sum(meeting, Decimal(0))


def _days(entry: Mapping[str, object], place: TomlPlace) -> tuple[date, date]:
    first = _day(entry, place, "valid_from", date.min)
    end = _day(entry, place, "valid_to", date.max)
    if first >= end:
        _fail(place, "is not later than valid_from", "valid_to", entry.get("valid_to"))
    return first, end


def _day(entry: Mapping[str, object], place: TomlPlace, key: str, default: date) -> date:
    value = entry.get(key)
    if value is None:
        return default
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return _fail(place, "is not a date", key, value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    return _fail(place, "is not a date", key, value)


def _decimal(entry: Mapping[str, object], place: TomlPlace, key: str, most: Decimal) -> Decimal:
    value = entry.get(key)
    if value is None:
        return _fail(place, "is missing", key, value)
    number: Decimal | None = None
    if isinstance(value, str | Decimal) or type(value) is int:
        try:
            number = Decimal(value)
        except InvalidOperation:
            number = None
    if number is None or not number.is_finite():
        return _fail(place, "is not a decimal number", key, value)
    if not 0 <= number <= most:
        return _fail(place, f"is not between 0 and {most:,f}", key, value)
    return number


def _text(entry: Mapping[str, object], place: TomlPlace, key: str, default: str) -> str:
    value = entry.get(key, default)
    if not isinstance(value, str) or (key in entry and not value.strip()):
        return _fail(place, "is not text", key, value)
    return value.strip()


def _one_of(
    entry: Mapping[str, object],
    place: TomlPlace,
    key: str,
    known: Collection[str],
    default: str | None,
) -> str:
    value = entry.get(key, default)
    if not isinstance(value, str) or value not in known:
        return _fail(place, f"is none of {', '.join(known)}", key, value)
    return value


def _currency(place: TomlPlace, value: object) -> str:
    try:
        return currency_code(value if isinstance(value, str) else "")
    except CurrencyError:
        return _fail(place, "is not a currency code such as USD", "currency", value)


def _months_after(day: date, months: int) -> date:
    """Return the same day of a later month, or the last one that the month has."""
    month = day.month - 1 + months
    first = date(day.year + month // 12, month % 12 + 1, 1)
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def _fail(
    place: TomlPlace, problem: str, key: str, value: object, *, known: Collection[str] = ()
) -> NoReturn:
    raise BadValueError(
        problem,
        file=place.file,
        line=place.line(key),
        column=key,
        value=str(value) if isinstance(value, Decimal) else value,
        hint=near_names(key, known) if known else _HINT,
    )

"""Prices of machines, storage, logs, traffic and plans: hand-kept, dated, a source for each.

Prices are never overwritten: a new rate is a new entry with the same id and a later date.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Literal, cast, get_args

from centavo.errors import CurrencyError, InputError, PriceError
from centavo.ledger.toml_lines import near_names
from centavo.money import Money, currency_code
from centavo.pricing.yaml_entries import YamlEntry, read_yaml

__all__ = ["EVIDENCE", "KINDS", "UNITS", "CloudPrice", "CloudPrices", "Evidence", "Kind"]

Kind = Literal["vm", "gpu", "storage", "logs", "egress", "plan", "operations"]
Evidence = Literal["list", "quote", "contract", "bill", "assumption"]
KINDS: tuple[Kind, ...] = get_args(Kind)
EVIDENCE: tuple[Evidence, ...] = get_args(Evidence)
UNITS = (
    "hour", "gpu-hour", "cpu-hour", "GB", "GiB", "GB-month", "GiB-month", "GiB-hour", "month",
)  # fmt: skip
_KEYS = (
    "id", "kind", "provider", "what", "unit", "price", "currency", "region", "valid_from", "as_of",
    "evidence", "gpus", "source", "note",
)  # fmt: skip
_ID = re.compile(r"[a-z0-9][a-z0-9.-]*")
_HINT = "docs/cloud-prices.md describes the file."


@dataclass(frozen=True)
class CloudPrice:
    """One price of something that is sold by the hour, the gigabyte or the month.

    Attributes:
        id: Name that plans use.
        kind: What is sold.
        provider: Who sells it.
        what: What it is, for a person.
        unit: One of ``UNITS``.
        price: For one unit.
        region: ``None`` everywhere.
        valid_from: Day from which it is charged; ``None`` where nobody says.
        as_of: Day on which it was seen to hold; ``None`` where only the start is known.
        evidence: How well it is known.
        gpus: GPUs of one unit; ``None`` where none or not said.
        source: Page or document that says so.
        note: What a reader must know.
        own: Whether it comes from the user's own file.
    """

    id: str
    kind: Kind
    provider: str
    what: str
    unit: str
    price: Money
    region: str | None
    valid_from: date | None
    as_of: date | None
    evidence: Evidence
    gpus: int | None
    source: str
    note: str | None
    own: bool

    @property
    def start(self) -> date:
        """First day on which the price is known to hold."""
        days = [day for day in (self.valid_from, self.as_of) if day is not None]
        return min(days)


class CloudPrices:
    """Every known price, by id and day; ``load`` makes one.

    Args:
        prices: In any order.
    """

    def __init__(self, prices: Iterable[CloudPrice]) -> None:
        known: dict[str, list[CloudPrice]] = defaultdict(list)
        for price in prices:
            known[price.id].append(price)
        self._prices: Mapping[str, Sequence[CloudPrice]] = {
            name: sorted(found, key=lambda price: price.start)
            for name, found in sorted(known.items())
        }

    @classmethod
    def load(cls, own: Path | None = None) -> "CloudPrices":
        """Return the shipped prices, and the user's own instead of shipped ones of the same id.

        Args:
            own: A YAML file, or a folder of them.

        Raises:
            InputError: A file cannot be read or is not YAML.
            BadValueError: A value cannot be used; names file, line, key and value.
        """
        shipped = _read(_shipped_files(), own=False)
        mine = _read(_own_files(own), own=True) if own else []
        replaced = {price.id for price in mine}
        return cls([*(price for price in shipped if price.id not in replaced), *mine])

    def ids(self) -> tuple[str, ...]:
        """Return every id, sorted."""
        return tuple(self._prices)

    def find(self, name: str, day: date) -> CloudPrice | None:
        """Return the price that holds on a day; ``None`` where none is known to.

        Raises:
            PriceError: No price has this id.
        """
        if name not in self._prices:
            raise PriceError(f"there is no price {name!r}", hint=near_names(name, self._prices))
        return next((it for it in reversed(self._prices[name]) if it.start <= day), None)

    def history(self, name: str) -> Sequence[CloudPrice]:
        """Return every dated price of an id, the oldest first."""
        return self._prices.get(name, ())

    def matching(self, text: str) -> tuple[str, ...]:
        """Return the ids whose id, kind, provider or description contain a text."""
        wanted = text.lower()
        return tuple(
            name
            for name, found in self._prices.items()
            if any(
                wanted in " ".join((it.id, it.kind, it.provider, it.what)).lower() for it in found
            )
        )


def _shipped_files() -> list[tuple[str, bytes]]:
    folder = files("centavo.pricing").joinpath("data", "cloud")
    found = [entry for entry in folder.iterdir() if entry.name.endswith(".yaml")]
    return sorted((entry.name, entry.read_bytes()) for entry in found)


def _own_files(own: Path) -> list[tuple[str, bytes]]:
    paths = sorted(own.glob("*.y*ml")) if own.is_dir() else [own]
    try:
        return [(str(path), path.read_bytes()) for path in paths]
    except OSError as error:
        raise InputError(
            f"{error.filename or own} cannot be read: {error.strerror}",
            hint="Check `[prices] cloud` in centavo.toml.",
        ) from error


def _read(contents: Iterable[tuple[str, bytes]], *, own: bool) -> list[CloudPrice]:
    found: list[CloudPrice] = []
    seen: dict[tuple[str, date], str] = {}
    for name, content in contents:
        top = read_yaml(content, file=name, hint=_HINT)
        top.check_keys(("prices",))
        for entry in top.entries("prices"):
            price = _price(entry, own=own)
            place = (price.id, price.start)
            if place in seen:
                entry.fail(f"has a price of {price.start} in {seen[place]} already", "id", price.id)
            seen[place] = f"{name}, line {entry.line}"
            found.append(price)
    return found


def _price(entry: YamlEntry, *, own: bool) -> CloudPrice:
    entry.check_keys(_KEYS)
    name = entry.text("id")
    if not _ID.fullmatch(name):
        entry.fail("must be lower-case letters, digits, dots and hyphens", "id", name)
    currency = entry.text("currency")
    try:
        money = Money(entry.decimal("price"), currency_code(currency))
    except CurrencyError:
        entry.fail("is not a currency code such as USD", "currency", currency)
    valid_from, as_of = entry.optional_day("valid_from"), entry.optional_day("as_of")
    if valid_from is None and as_of is None:
        entry.fail("needs valid_from or as_of: a price without a day is of no use", "price")
    return CloudPrice(
        id=name,
        kind=cast("Kind", entry.one_of("kind", KINDS)),
        provider=entry.text("provider"),
        what=entry.text("what"),
        unit=entry.one_of("unit", UNITS),
        price=money,
        region=entry.optional_text("region"),
        valid_from=valid_from,
        as_of=as_of,
        evidence=cast("Evidence", entry.one_of("evidence", EVIDENCE, default="list")),
        gpus=_gpus(entry),
        source=entry.text("source"),
        note=entry.optional_text("note"),
        own=own,
    )


def _gpus(entry: YamlEntry) -> int | None:
    if entry.optional_text("gpus") is None:
        return None
    count = entry.decimal("gpus")
    if count < 1 or count != count.to_integral_value():
        entry.fail("is not a whole number of 1 or more", "gpus", str(count))
    return int(Decimal(count))

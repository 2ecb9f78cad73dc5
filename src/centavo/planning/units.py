"""Units of planned quantities: a scale and what it measures, so that GB never add to hours.

A unit is names joined by ``-`` (times), ``*`` or ``/``: ``GB-month``, ``gpu-hour``, ``USD/Mtoken``.
A month has 730 hours and a year 12 months, as clouds bill them.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from centavo.ledger.toml_lines import near_names
from centavo.money import EXACT

__all__ = ["CURRENCIES", "ONE", "Unit", "UnitError", "parse_unit", "unit_names"]

CURRENCIES: frozenset[str] = frozenset(
    {
        "ARS", "AUD", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "DKK", "EUR", "GBP", "INR", "JPY",
        "KRW", "MXN", "NOK", "PEN", "PLN", "SEK", "USD", "UYU", "ZAR",
    }
)  # fmt: skip
_HOURS_A_MONTH = 730
_PART = re.compile(r"([A-Za-z%][A-Za-z_0-9]*|%)(?:\^([1-9]))?")
_JOIN = re.compile(r"\s*([-*/·])\s*")


class UnitError(ValueError):
    """A unit that is not known, or quantities that do not go together."""


@dataclass(frozen=True)
class Unit:
    """A unit as its scale and dimensions.

    Attributes:
        scale: Base units in one of it: 730 for ``month`` (hours), 1000000 for ``Mtoken``.
        dimensions: (base unit, exponent) in alphabetical order: ``(("GB", 1), ("h", 1))``.
        text: As written.
    """

    scale: Decimal
    dimensions: tuple[tuple[str, int], ...]
    text: str

    def times(self, other: "Unit", *, power: int = 1) -> "Unit":
        """Return the unit of a product, or with ``power=-1`` of a quotient."""
        exponents = dict(self.dimensions)
        for name, exponent in other.dimensions:
            exponents[name] = exponents.get(name, 0) + power * exponent
        scale = (
            EXACT.multiply(self.scale, other.scale)
            if power == 1
            else EXACT.divide(self.scale, other.scale)
        )
        kept = tuple(sorted((name, it) for name, it in exponents.items() if it))
        return Unit(scale, kept, _spelt(kept))

    def measures_the_same(self, other: "Unit") -> bool:
        """Return whether one converts to the other."""
        return self.dimensions == other.dimensions

    @property
    def base(self) -> "Unit":
        """The same dimensions at scale 1."""
        return Unit(Decimal(1), self.dimensions, _spelt(self.dimensions))


ONE = Unit(Decimal(1), (), "1")


def _units() -> Mapping[str, Unit]:
    sizes: dict[str, dict[str, Decimal | int]] = {
        "h": {
            "h": 1, "hour": 1, "hours": 1, "min": EXACT.divide(Decimal(1), Decimal(60)),
            "s": EXACT.divide(Decimal(1), Decimal(3600)), "day": 24, "days": 24,
            "month": _HOURS_A_MONTH, "months": _HOURS_A_MONTH, "year": 12 * _HOURS_A_MONTH,
        },
        "GB": {
            "kB": Decimal("1e-6"), "MB": Decimal("1e-3"), "GB": 1, "TB": 1000, "PB": 1_000_000,
            "MiB": Decimal("0.001048576"), "GiB": Decimal("1.073741824"),
            "TiB": Decimal("1099.511627776"),
        },
        "token": {"token": 1, "tokens": 1, "ktoken": 10**3, "Mtoken": 10**6, "Gtoken": 10**9},
        "request": {"request": 1, "requests": 1, "krequest": 10**3, "Mrequest": 10**6},
        "kWh": {"Wh": Decimal("1e-3"), "kWh": 1, "MWh": 1000},
    }  # fmt: skip
    singles = {
        "gpu": "gpus", "cpu": "cpus", "host": "hosts", "run": "runs", "user": "users",
        "document": "documents", "image": "images", "call": "calls",
    }  # fmt: skip
    found = {"%": Unit(Decimal("0.01"), (), "%")}
    for base, names in sizes.items():
        found |= {it: Unit(Decimal(size), ((base, 1),), it) for it, size in names.items()}
    for one, many in singles.items():
        found |= {it: Unit(Decimal(1), ((one, 1),), it) for it in (one, many)}
    found |= {it: Unit(Decimal(1), ((it, 1),), it) for it in CURRENCIES}
    return found


_KNOWN = _units()


def unit_names(own: Collection[str] = ()) -> tuple[str, ...]:
    """Return every name that a unit can be made of, the plan's own included."""
    return (*sorted(_KNOWN.keys() - CURRENCIES), *sorted(CURRENCIES), *sorted(own))


def parse_unit(text: str, *, own: Collection[str] = ()) -> Unit:
    """Return the unit that a text names.

    Args:
        text: ``GB-month``, ``USD/Mtoken`` …; ``1`` or nothing is a plain number.
        own: Names that the plan declares; each counts things of its own kind.

    Raises:
        UnitError: A name is not known; names what it may have meant.

    >>> parse_unit("GB-month").dimensions
    (('GB', 1), ('h', 1))
    """
    stripped = text.strip()
    if stripped in {"", "1"}:
        return ONE
    pieces = _JOIN.split(stripped)
    found, power = ONE, 1
    for index, piece in enumerate(pieces):
        if index % 2:
            power = -1 if piece == "/" else power
            continue
        found = found.times(_named(piece, own, whole=stripped), power=power)
    return Unit(found.scale, found.dimensions, stripped)


def _named(piece: str, own: Collection[str], *, whole: str) -> Unit:
    matched = _PART.fullmatch(piece)
    name = matched[1] if matched else piece
    if name in own:
        unit = Unit(Decimal(1), ((name, 1),), name)
    elif name in _KNOWN:
        unit = _KNOWN[name]
    elif piece == "1":
        return ONE
    else:
        raise UnitError(f"{name or whole!r} is not a unit. {near_names(name, unit_names(own))}")
    result = ONE
    for _ in range(int(matched[2] or 1) if matched else 1):
        result = result.times(unit)
    return result


def _spelt(dimensions: tuple[tuple[str, int], ...]) -> str:
    above = [_power(name, it) for name, it in dimensions if it > 0]
    below = [_power(name, -it) for name, it in dimensions if it < 0]
    return ("-".join(above) or "1") + "".join(f"/{it}" for it in below)


def _power(name: str, exponent: int) -> str:
    return name if exponent == 1 else f"{name}^{exponent}"

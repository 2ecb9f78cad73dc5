"""How ``centavo plan size`` shows sizes: an answer, a table with bands, and what they rest on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from centavo.cli.output import Column, Table, amount_text, print_json, print_table, say
from centavo.errors import ConfigError, InputError
from centavo.ledger.toml_lines import near_names
from centavo.money import Money
from centavo.planning.sizing import OPEN_MODELS, OpenModel, Sized
from centavo.planning.sizing.serving_hours import SizedCost

__all__ = [
    "SizeRow",
    "cost_row",
    "exact_row",
    "known_model",
    "money_row",
    "positive",
    "show_sizes",
    "sized_row",
]

Number = float | Decimal
_LARGE = 10


@dataclass(frozen=True)
class SizeRow:
    """A size with its band; ``low`` and ``high`` are ``None`` where it is an exact sum.

    Attributes:
        money: Whether ``unit`` is a currency.
    """

    what: str
    value: Number
    low: Number | None
    high: Number | None
    unit: str
    money: bool = False

    def shown(self, value: Number | None) -> str | None:
        """Return one of its numbers for a reader."""
        if isinstance(value, Decimal) and self.money:
            return amount_text(value, 2 if value >= _LARGE else 4)
        return None if value is None else _number(value)

    def as_json(self) -> dict[str, object]:
        """Return the row as data; decimals as text, which no reader rounds."""
        numbers = {"value": self.value, "low": self.low, "high": self.high}
        plain = {key: str(it) if isinstance(it, Decimal) else it for key, it in numbers.items()}
        return {**plain, "unit": self.unit}


def sized_row(what: str, it: Sized) -> SizeRow:
    """Return the row of a sized quantity."""
    return SizeRow(what, it.value, it.low, it.high, it.unit)


def cost_row(what: str, it: SizedCost) -> SizeRow:
    """Return the row of a sized cost."""
    ends = (it.low.amount, it.high.amount)
    return SizeRow(what, it.value.amount, *ends, it.value.currency, money=True)


def money_row(what: str, it: Money) -> SizeRow:
    """Return the row of an exact amount."""
    return SizeRow(what, it.amount, None, None, it.currency, money=True)


def exact_row(what: str, value: Decimal, unit: str) -> SizeRow:
    """Return the row of an exact sum."""
    return SizeRow(what, value, None, None, unit)


def show_sizes(
    rows: Sequence[SizeRow], *, title: str, grade: str, notes: Sequence[str],
    more: Mapping[str, object], as_json: bool,
) -> None:  # fmt: skip
    """Print rows: the first one is the answer.

    Args:
        rows: In the order to show.
        title: What was sized.
        grade: ``simulated`` or ``estimated``.
        notes: Lines below the table.
        more: Further data for JSON.
        as_json: Whether to print JSON only.
    """
    if as_json:
        found = {it.what: it.as_json() for it in rows}
        print_json({"schema": "centavo.plan.size/1", "of": title, "grade": grade, **found, **more})
        return
    first = rows[0]
    say(f"{title}: {first.shown(first.value)} {first.what}, {grade}.")
    banded = any(it.low is not None for it in rows)
    columns = [Column("what"), Column("value", numeric=True)]
    if banded:
        columns += [Column("low", numeric=True), Column("high", numeric=True)]
    cells = [[it.value, *([it.low, it.high] if banded else [])] for it in rows]
    shown = [[r.what, *map(r.shown, them)] for r, them in zip(rows, cells, strict=True)]
    exact = [[r.what, *map(_exact, them)] for r, them in zip(rows, cells, strict=True)]
    print_table(Table(columns, shown, exact))
    say(*notes, "Next: put it into a plan: a driver with `sizing:` (docs/sizing.md).")


def known_model(name: str) -> OpenModel:
    """Return a model of the table.

    Raises:
        InputError: There is none of this name.
    """
    if name not in OPEN_MODELS:
        raise InputError(f"no size is known of {name!r}", hint=near_names(name, OPEN_MODELS))
    return OPEN_MODELS[name]


def positive(text: str, option: str, *, zero: bool = False) -> Decimal:
    """Return a decimal number above 0, or with ``zero`` of 0 or more.

    Raises:
        ConfigError: It is none; names the option.
    """
    try:
        number = Decimal(text)
    except ArithmeticError:
        raise ConfigError(f"{option} {text!r} is not a decimal number") from None
    if not number.is_finite() or number < 0 or (number == 0 and not zero):
        raise ConfigError(f"{option} {text!r} is not {'0 or more' if zero else 'above 0'}")
    return number


def _number(value: Number) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"


def _exact(value: Number | None) -> str | None:
    return None if value is None else f"{value:f}" if isinstance(value, Decimal) else repr(value)

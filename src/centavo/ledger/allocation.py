"""Shared costs, divided among those who use them so that not one digit is lost or made up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

import duckdb

from centavo.ledger.rules_file import Measure, Shared, read_rules

__all__ = [
    "Allocation",
    "CostRow",
    "NotSplit",
    "SplitRows",
    "Usage",
    "split_units",
    "usage_weights_sql",
]

_UNITS = 12

CostRow = dict[str, object]
"""One aggregated row: scope names and other keys, ``currency``, and ``Decimal`` metrics."""

Usage = Mapping[tuple[str, Measure], Mapping[str | None, int]]
"""By receiving scope and measure: what each receiver used; ``None`` is usage of nobody known."""


@dataclass(frozen=True)
class NotSplit:
    """Shared cost that stays where it is.

    Attributes:
        shared: Name of the shared cost.
        reason: A phrase: "no usage".
        rows: Rows concerned.
    """

    shared: str
    reason: Literal["no usage"]
    rows: int


@dataclass(frozen=True)
class SplitRows:
    """Rows after shared costs were divided.

    Attributes:
        rows: Each with one more key, ``split``: name of the shared cost that the row is a part of,
            ``None`` for a row as it was. Parts of one row stand together.
        not_split: What could not be divided, in the file's order.
    """

    rows: list[CostRow]
    not_split: tuple[NotSplit, ...]


@dataclass(frozen=True)
class Allocation:
    """The shared costs of a rules file.

    A row is divided by the first shared cost that it matches, once: a part is not divided again.

    Attributes:
        shared: In the file's order.
    """

    shared: tuple[Shared, ...] = ()

    @classmethod
    def load(cls, path: Path | None) -> "Allocation":
        """Return the shared costs of a rules file; none without a file.

        Raises:
            ConfigError: The file cannot be used; names file, line, key, value and near names.
        """
        return cls() if path is None else cls(read_rules(path).shared)

    @property
    def scopes(self) -> tuple[str, ...]:
        """Scope names that rows must carry to be divided: what is matched, and who receives."""
        names = [each.key for shared in self.shared for each in shared.match]
        names += [shared.to for shared in self.shared]
        return tuple(dict.fromkeys(names))

    @property
    def by_cost(self) -> bool:
        """Whether any split is measured by the receivers' own cost, and so by all of it."""
        return any(shared.measure == "cost" for shared in self.shared)

    def is_shared(self, row: CostRow) -> bool:
        """Return whether a row with the keys of ``scopes`` is one that is divided."""
        return self._owner(row) is not None

    @property
    def usage_measures(self) -> tuple[tuple[str, Measure], ...]:
        """Receiving scope and measure of each split by usage that requests are counted for.

        A split by cost needs none: it is measured on the rows themselves.
        """
        pairs: list[tuple[str, Measure]] = [
            (shared.to, shared.measure)
            for shared in self.shared
            if shared.measure is not None and shared.measure != "cost"
        ]
        return tuple(dict.fromkeys(pairs))

    def measured_usage(self, connection: duckdb.DuckDBPyConnection, *, events: str) -> Usage:
        """Return what each receiver used, for ``split``.

        Args:
            connection: Where ``events`` can be read.
            events: A SELECT of the ``usage_events`` rows of the period that is reported.
        """
        return {
            (to, measure): dict(
                connection.execute(usage_weights_sql(to, measure, events)).fetchall()
            )
            for to, measure in self.usage_measures
        }

    def split(
        self,
        rows: Sequence[CostRow],
        *,
        metrics: Sequence[str],
        usage: Usage,
    ) -> SplitRows:
        """Return the rows with every shared row replaced by one row per receiver.

        The parts of a row add up to it, digit for digit, for every metric: largest remainder at the
        12th decimal, ties to the receiver named first. Everything else of the row stays as it was.

        Args:
            rows: With the keys of ``scopes`` and ``currency``; order is kept.
            metrics: Keys whose ``Decimal`` is divided, ``None`` staying ``None``; the first is the
                cost that a split by cost is measured by.
            usage: What ``measured_usage`` found over the same period. Usage that nobody is known for
                receives its part, as an unattributed row.
        """
        if not self.shared:
            return SplitRows([{**row, "split": None} for row in rows], ())
        owners = [self._owner(row) for row in rows]
        costs = self._costs(rows, owners, metrics[0])
        result: list[CostRow] = []
        unsplit: dict[str, int] = {}
        for row, shared in zip(rows, owners, strict=True):
            if shared is None:
                result.append({**row, "split": None})
                continue
            weights = _weights(shared, row, usage, costs)
            if weights:
                result.extend(_parts(row, shared, weights, metrics))
            else:
                result.append({**row, "split": None})
                unsplit[shared.name] = unsplit.get(shared.name, 0) + 1
        stays = (NotSplit(name, "no usage", count) for name, count in unsplit.items())
        return SplitRows(result, tuple(stays))

    def _owner(self, row: CostRow) -> Shared | None:
        """Return the shared cost that a row belongs to."""
        return next((shared for shared in self.shared if _matches(shared, row)), None)

    def _costs(
        self, rows: Sequence[CostRow], owners: Sequence[Shared | None], metric: str
    ) -> dict[tuple[str, object], dict[str | None, Decimal]]:
        """Return the cost of each receiver's own rows, by receiving scope and currency."""
        costs: dict[tuple[str, object], dict[str | None, Decimal]] = {}
        receiving = {shared.to for shared in self.shared if shared.measure == "cost"}
        for row, owner in zip(rows, owners, strict=True):
            cost = row[metric]
            if owner is not None or not isinstance(cost, Decimal):
                continue
            for to in receiving:
                own = costs.setdefault((to, row["currency"]), {})
                receiver = _text(row[to])
                own[receiver] = own.get(receiver, Decimal(0)) + cost
        return costs


def split_units(units: int, weights: Sequence[int]) -> list[int]:
    """Return whole numbers that add up to ``units`` in proportion to the weights.

    Largest remainder, ties to the first. Weights are at least 0 and not all 0.

    >>> split_units(-10, [1, 1, 1])
    [-4, -3, -3]
    """
    total = sum(weights)
    magnitude = abs(units)
    parts = [magnitude * weight // total for weight in weights]
    remainders = [magnitude * weight % total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda index: (-remainders[index], index))
    for index in by_remainder[: magnitude - sum(parts)]:
        parts[index] += 1
    return [-part for part in parts] if units < 0 else parts


def usage_weights_sql(to: str, measure: Measure, events: str) -> str:
    """Return the SELECT of (receiver, weight) over requests, one row per receiver.

    Args:
        to: Scope name that receives.
        measure: What is counted; not ``cost``, which is measured on the cost rows.
        events: A relation of ``usage_events`` rows of the period.
    """
    column = "customer_id" if to == "customer" else to
    inputs = "+".join(
        f"coalesce({name}, 0)"
        for name in (
            "input_uncached_tokens", "cache_read_tokens", "cache_write_tokens",
            "cache_write_5m_tokens", "cache_write_1h_tokens",
        )
    )  # fmt: skip
    output = "coalesce(output_tokens, 0)"
    counted = {
        "requests": "count(*)",
        "tokens": f"sum({inputs} + {output})",
        "input_tokens": f"sum({inputs})",
        "output_tokens": f"sum({output})",
    }[measure]
    return (
        f"SELECT {column} AS receiver, ({counted})::HUGEINT AS weight "
        f"FROM ({events}) GROUP BY 1 ORDER BY 1 NULLS LAST"
    )


def _matches(shared: Shared, row: CostRow) -> bool:
    for condition in shared.match:
        value = _text(row[condition.key])
        if value is None or not any(fnmatchcase(value, glob) for glob in condition.globs):
            return False
    return True


def _weights(
    shared: Shared,
    row: CostRow,
    usage: Usage,
    costs: Mapping[tuple[str, object], Mapping[str | None, Decimal]],
) -> list[tuple[str | None, int]]:
    """Return receivers and whole weights; empty when there is nothing to divide by.

    The shared cost itself does not receive, and a receiver below zero (more credits than cost)
    receives nothing.
    """
    known: Mapping[str | None, int | Decimal]
    if shared.measure is None:
        known = dict[str | None, int | Decimal](shared.shares)
    else:
        if shared.measure == "cost":
            known = costs.get((shared.to, row["currency"]), {})
        else:
            known = usage.get((shared.to, shared.measure), {})
        own = _text(row[shared.to])
        known = {
            receiver: weight
            for receiver, weight in known.items()
            if weight > 0 and (own is None or receiver != own)
        }
    return list(zip(known, _whole(list(known.values())), strict=True))


def _whole(weights: Sequence[int | Decimal]) -> list[int]:
    """Return the weights as whole numbers in the same proportion, exactly."""
    exponents = [Decimal(weight).as_tuple().exponent for weight in weights]
    places = -min((power for power in exponents if isinstance(power, int)), default=0)
    return [_scaled(Decimal(weight), max(places, 0)) for weight in weights]


def _parts(
    row: CostRow,
    shared: Shared,
    weights: Sequence[tuple[str | None, int]],
    metrics: Sequence[str],
) -> list[CostRow]:
    """Return one row per receiver, adding up to ``row`` for every metric."""
    numbers = [weight for _, weight in weights]
    parts: list[CostRow] = [
        {**row, shared.to: receiver, "split": shared.name} for receiver, _ in weights
    ]
    for metric in metrics:
        amount = row[metric]
        if isinstance(amount, Decimal):
            units = split_units(_scaled(amount, _UNITS), numbers)
            for part, part_units in zip(parts, units, strict=True):
                part[metric] = _unscaled(part_units)
    return parts


def _scaled(amount: Decimal, places: int) -> int:
    """Return ``amount`` times ten to the ``places``, exactly, whatever the decimal context.

    Raises:
        ValueError: The amount has more decimals than that.
    """
    sign, digits, power = amount.as_tuple()
    if not isinstance(power, int):
        raise ValueError(f"{amount} is not finite")  # noqa: TRY004 -- the value, not its type
    number = int("".join(map(str, digits)))
    shift = power + places
    if shift < 0 and number % 10**-shift:
        raise ValueError(f"{amount} has more than {places} decimals")
    scaled = number * 10**shift if shift >= 0 else number // 10**-shift
    return -scaled if sign else scaled


def _unscaled(units: int) -> Decimal:
    return Decimal((int(units < 0), tuple(map(int, str(abs(units)))), -_UNITS))


def _text(value: object) -> str | None:
    return None if value is None else str(value)

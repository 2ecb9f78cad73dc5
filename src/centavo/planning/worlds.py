"""Worlds: every driver, price and rate as rows of numbers, drawn, on a grid or one at a time."""

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

import numpy as np

from centavo.errors import InputError
from centavo.planning.distributions import (
    Array,
    Rows,
    from_normal,
    quantile_function,
    standard_normal_share,
)
from centavo.planning.plan import Spread
from centavo.planning.resolved import ResolvedScenario

__all__ = ["Uncertain", "Varying", "World", "draws", "uncertain_things"]


@dataclass(frozen=True)
class Uncertain:
    """One thing that varies.

    Attributes:
        key: Driver, ``price:NAME`` or ``rate:USD/BRL``.
        value: As taken, in the spread's measure.
        spread: Its range.
        months: Rows a world has of it: 1, or one for each month.
    """

    key: str
    value: Decimal
    spread: Spread
    months: int = 1


class Varying(Protocol):
    """What varies in a world, by key; a dictionary is one."""

    def get(self, key: str, /) -> Rows | None:
        """Return the rows of a thing, shape (1 or months, size); ``None`` where it is certain."""
        ...


@dataclass(frozen=True)
class World:
    """Rows of numbers that replace what the plan takes as certain.

    Attributes:
        size: Rows.
        values: In base units for drivers and in the stated measure for prices and rates.
    """

    size: int
    values: Varying


def uncertain_things(resolved: ResolvedScenario) -> tuple[Uncertain, ...]:
    """Return all that varies in a scenario, in the plan's order."""
    plan = resolved.plan
    found = [
        Uncertain(name, it.value, it.spread, plan.months if it.each_month else 1)
        for name, it in resolved.drivers.items()
        if it.spread is not None
    ]
    seen: set[str] = set()
    for line in resolved.lines:
        first = next((it for it in line.dated if it.spread is not None), None)
        if first is not None and first.spread is not None and line.price.name not in seen:
            seen.add(line.price.name)
            found.append(Uncertain(f"price:{line.price.name}", first.amount, first.spread))
    found += [
        Uncertain(f"rate:{it.base}/{it.to}", it.rate, it.spread)
        for it in plan.rates
        if it.spread is not None
    ]
    return tuple(found)


def draws(resolved: ResolvedScenario, *, count: int, seed: int, chunk: int) -> Iterator[World]:
    """Yield worlds of at most ``chunk`` rows, ``count`` in all.

    Each thing has a stream of its own, seeded by its name: a component more changes no other draw.

    Raises:
        InputError: The stated correlations contradict each other.
    """
    things = uncertain_things(resolved)
    streams = {it.key: _Stream(it, seed) for it in things}
    linked = _Linked.of(resolved, things, seed)
    uses = resolved.uses
    for start in range(0, count, chunk):
        size = min(chunk, count - start)
        yield World(size, _Drawn(size, streams, linked.normals(size), uses))


class _Drawn:
    """Draws that are made when they are asked for, and kept only if they are asked for again.

    A world of a thousand components is a hundred megabytes of draws; each is needed for a moment.
    """

    def __init__(
        self,
        size: int,
        streams: Mapping[str, "_Stream"],
        linked: Mapping[str, Array],
        uses: Mapping[str, int],
    ) -> None:
        self._size = size
        self._streams = streams
        self._linked = linked
        self._uses = uses
        self._kept: dict[str, Rows] = {}

    def get(self, key: str, /) -> Rows | None:
        """Return the draws of a thing, the same each time."""
        if key not in self._streams:
            return None
        if key in self._kept:
            return self._kept[key]
        rows = self._streams[key].rows(self._size, self._linked.get(key))
        if self._uses.get(key) != 1:
            self._kept[key] = rows
        return rows


class _Stream:
    """Draws of one thing."""

    def __init__(self, thing: Uncertain, seed: int) -> None:
        self._thing = thing
        self._random = np.random.Generator(np.random.SFC64([seed, zlib.crc32(thing.key.encode())]))
        self._is_normal = thing.spread.shape == "lognormal" and thing.spread.low > 0
        if not self._is_normal:
            self._quantile = quantile_function(thing.spread, float(thing.value))

    def rows(self, size: int, normals: Array | None) -> Rows:
        shape = (self._thing.months, size)
        if self._is_normal:
            if normals is None:
                drawn = self._random.standard_normal(shape, dtype=np.float32)
                return from_normal(self._thing.spread, drawn)
            return np.broadcast_to(from_normal(self._thing.spread, normals), shape)
        if normals is None:
            return self._quantile(self._random.random(shape, dtype=np.float32))
        return np.broadcast_to(self._quantile(standard_normal_share(normals)), shape)


@dataclass(frozen=True)
class _Linked:
    """Things that vary together, through one matrix of normal draws (a Gaussian copula)."""

    keys: tuple[str, ...]
    factor: Array
    random: np.random.Generator

    @classmethod
    def of(cls, resolved: ResolvedScenario, things: Sequence[Uncertain], seed: int) -> "_Linked":
        varying = {it.key for it in things}
        stated = [
            it for it in resolved.plan.correlations if it.first in varying and it.second in varying
        ]
        keys = tuple(dict.fromkeys(key for it in stated for key in (it.first, it.second)))
        matrix = np.eye(len(keys))
        for it in stated:
            # Of ranks, as stated, to that of the normals beneath (Kruskal 1958).
            rho = 2 * np.sin(np.pi * float(it.rho) / 6)
            first, second = keys.index(it.first), keys.index(it.second)
            matrix[first, second] = matrix[second, first] = rho
        try:
            factor: Array = np.linalg.cholesky(matrix).astype(np.float64) if keys else matrix
        except np.linalg.LinAlgError:
            raise InputError(
                f"{resolved.plan.file}: the correlations of {', '.join(keys)} contradict each other",
                hint="Three things cannot each be the opposite of the others: lower some rho.",
            ) from None
        return cls(keys, factor, np.random.Generator(np.random.SFC64([seed, 0])))

    def normals(self, size: int) -> dict[str, Array]:
        if not self.keys:
            return {}
        together = self.factor @ self.random.standard_normal((len(self.keys), size))
        return {key: together[place : place + 1] for place, key in enumerate(self.keys)}

"""Exact duplicate calls answered once: a cache of whole answers with a time to live."""

from array import array
from bisect import bisect_right
from decimal import Decimal
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

from centavo.message import N_
from centavo.savings.lever import (
    Change,
    Lever,
    LeverKind,
    LeverSettings,
    Parameter,
    Quality,
    next_name,
)
from centavo.savings.traffic import Traffic

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["KIND"]

_MICROSECONDS = 1_000_000


def _make(settings: LeverSettings) -> Lever:
    lifetime_s = settings.number("ttl_s") or Decimal(3600)

    def apply(traffic: Traffic) -> Change:
        return _repeated(traffic, settings.where.sql, int(lifetime_s * _MICROSECONDS))

    return Lever(
        kind=KIND.name,
        label=f"the same call within {lifetime_s:f} s answered from a cache",
        apply=apply,
        where=settings.where,
        quality=Quality(
            is_lossless=True, change=None, basis=N_("the same request gets the earlier answer")
        ),
    )


def _repeated(traffic: Traffic, where: str, lifetime_us: int) -> Change:
    """Drop each answered call that is the same as one stored at most a lifetime before."""
    folder = files("centavo.savings.levers").joinpath("sql")
    sql = folder.joinpath("repeated.sql").read_text("utf-8")
    table = next_name("repeated")
    traffic.engine.execute(
        f"CREATE TEMP TABLE {table} AS {sql.format(events=traffic.events, where=where)}"
    )
    hits = _hit_numbers(traffic, table, lifetime_us)
    name = next_name("hits")
    traffic.engine.execute(
        f"CREATE TEMP TABLE {name} AS SELECT request_no FROM {table} SEMI JOIN "
        "(SELECT unnest($hits::BIGINT[]) AS request_no) USING (request_no)",
        {"hits": hits},
    )
    unknown = traffic.engine.execute(
        folder.joinpath("not_comparable.sql")
        .read_text("utf-8")
        .format(events=traffic.events, where=where)
    ).fetchall()
    return Change(
        dropped=f"SELECT request_no FROM {name}",
        not_simulated={str(reason): int(count) for reason, count in unknown},
    )


def _hit_numbers(traffic: Traffic, table: str, lifetime_us: int) -> list[int]:
    """Return the calls that find an answer that is not older than the lifetime.

    An answer is stored at a miss and lives from then on; a hit does not renew it. Calls are sorted by
    call and time, so each miss finds the next by one search.
    """
    import numpy as np

    # Whether the types of fetchnumpy are known depends on whether pandas is installed.
    answer: Any = traffic.engine.execute(
        f"SELECT call, request_no, epoch_us(started_at) AS at FROM {table} "
        "ORDER BY call, started_at, request_no"
    )
    found = cast("dict[str, npt.NDArray[np.int64]]", answer.fetchnumpy())
    calls, numbers, at_us = (
        array("q", np.asarray(found[name], dtype=np.int64).tobytes())
        for name in ("call", "request_no", "at")
    )
    misses: set[int] = set()
    place = 0
    while place < len(calls):
        misses.add(place)
        end = bisect_right(calls, calls[place], place)
        place = bisect_right(at_us, at_us[place] + lifetime_us, place, end)
    return [number for place, number in enumerate(numbers) if place not in misses]


KIND = LeverKind(
    "duplicates",
    "The same call (model, system prompt, tools and messages, to the byte) within the lifetime of a "
    "stored answer is answered from it. Tool calls and failures are never answered from a cache.",
    (Parameter("ttl_s", "seconds that a stored answer lives [default: 3600]"),),
    _make,
    place=30,
    is_harmless=True,
)

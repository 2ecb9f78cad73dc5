"""What a cluster looks like: lengths, cache, hours, first and last call, and whose calls it holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from centavo.consumption.clusters.asking import sql_of
from centavo.ledger.ledger import Ledger

__all__ = ["Profile", "busy_hours", "load_profiles"]

# The hours named hold so much of the calls; beyond half a day of them, there is no such time.
_BUSY_SHARE, _MOST_HOURS = 0.8, 12

Spread = tuple[int | None, int | None, int | None]


@dataclass(frozen=True)
class Profile:
    """Profile of one cluster. Times are UTC; spreads are the 10th, 50th and 90th percentile.

    Attributes:
        calls: Of the cluster.
        labelled_calls: Of which somebody has named an application.
        calls_with_body: Of which the log held a prompt.
        applications: How many applications are named.
        application: The most frequent one.
        models: How many models.
        model: The most frequent one.
        input_tokens: Spread over calls.
        output_tokens: Spread over calls.
        cache_share: Input tokens read from a cache, of all, 0 to 1; ``None`` without input.
        output_per_input: Output tokens for one input token.
        hours: Calls by hour of day.
        weekend_share: Calls on Saturdays and Sundays, 0 to 1.
        first_call: Start of the first.
        last_call: Start of the last.
    """

    calls: int
    labelled_calls: int
    calls_with_body: int
    applications: int
    application: str | None
    models: int
    model: str | None
    input_tokens: Spread
    output_tokens: Spread
    cache_share: float | None
    output_per_input: float | None
    hours: Mapping[int, int]
    weekend_share: float
    first_call: datetime
    last_call: datetime


def load_profiles(ledger: Ledger) -> dict[str, Profile]:
    """Return the profile of each cluster; the tables of ``group_calls`` are there."""
    result = ledger.engine.execute(sql_of("cluster_profiles"))
    columns = [str(column[0]) for column in result.description]
    rows = (dict(zip(columns, row, strict=True)) for row in result.fetchall())
    return {str(row["cluster_id"]): _profile(row) for row in rows}


def _profile(row: Mapping[str, object]) -> Profile:
    def count(name: str) -> int:
        return int(str(row[name] or 0))

    def spread(name: str) -> Spread:
        low, middle, high = (row[f"{name}_{part}"] for part in ("p10", "p50", "p90"))
        return cast("int | None", low), cast("int | None", middle), cast("int | None", high)

    read = count("input_tokens")
    return Profile(
        calls=count("calls"),
        labelled_calls=count("labelled_calls"),
        calls_with_body=count("calls_with_body"),
        applications=count("applications"),
        application=cast("str | None", row["application"]),
        models=count("models"),
        model=cast("str | None", row["model"]),
        input_tokens=spread("input"),
        output_tokens=spread("output"),
        cache_share=count("cache_read_tokens") / read if read else None,
        output_per_input=count("output_tokens") / read if read else None,
        hours=cast("dict[int, int]", row["hours"] or {}),
        weekend_share=count("weekend_calls") / count("calls"),
        first_call=cast("datetime", row["first_call"]),
        last_call=cast("datetime", row["last_call"]),
    )


def busy_hours(hours: Mapping[int, int]) -> str | None:
    """Return the shortest run of hours that holds four calls in five, or ``None`` when it is long.

    >>> busy_hours({23: 50, 0: 40, 1: 30, 12: 5})
    '23:00-02:00'
    """
    total = sum(hours.values())
    for length in range(1, _MOST_HOURS + 1):
        for first in range(24):
            held = sum(hours.get((first + n) % 24, 0) for n in range(length))
            if total and held >= _BUSY_SHARE * total:
                return f"{first:02}:00-{(first + length) % 24:02}:00"
    return None

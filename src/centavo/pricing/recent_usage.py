"""Usage of the last days that the ledger holds: what a change of prices is weighed with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files

from centavo.ledger.ledger import Ledger
from centavo.ledger.overlap import merge_meters
from centavo.ledger.schema import TOKEN_COLUMNS
from centavo.period import Period
from centavo.pricing.event_units import MAIN_COLUMNS
from centavo.pricing.price_rows import EventKey

__all__ = ["NamedUsage", "UsageWindow", "period_sql", "recent_window", "usage_by_names"]

_COLUMNS = tuple(column.name for column in TOKEN_COLUMNS)
_INPUT = [name for name in MAIN_COLUMNS if not name.startswith(("output", "web"))]
_WHOLE_INPUT = " + ".join(f"coalesce({name}, 0)" for name in _INPUT)


@dataclass(frozen=True)
class UsageWindow:
    """Complete days of requests.

    Attributes:
        first: First day, included.
        end: Day after the last.
    """

    first: date
    end: date

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.first).days

    @property
    def period(self) -> Period:
        """The same as a period, UTC."""
        return Period(_midnight(self.first), _midnight(self.end))


@dataclass(frozen=True)
class NamedUsage:
    """Counts of requests under one name, tier and range of input lengths.

    Attributes:
        key: What the log calls the model.
        input_tokens: A length of that range, for asking what a price is there.
        requests: Number of requests.
        counts: By token column.
    """

    key: EventKey
    input_tokens: int
    requests: int
    counts: Mapping[str, int]


def recent_window(ledger: Ledger, *, now: datetime, days: int = 30) -> UsageWindow | None:
    """Return the last days with requests, at most ``days``, all over; ``None`` without requests.

    The last day is the last one with a request that is over at ``now``: a day that is under way
    would count as a quiet one. A ledger that begins later gives fewer days.
    """
    today = now.astimezone(UTC).date()
    rows = ledger.rows(
        "SELECT min(started_at)::DATE, max(started_at)::DATE FROM usage_events "
        f"WHERE started_at < TIMESTAMP '{today} 00:00:00'"
    )
    first, last = rows[0]
    if not isinstance(first, date) or not isinstance(last, date):
        return None
    end = last + timedelta(days=1)
    return UsageWindow(max(first, end - timedelta(days=days)), end)


def period_sql(period: Period) -> str:
    """Return the condition that a request started within a period."""
    conditions = ["true"]
    if period.since:
        conditions.append(f"started_at >= TIMESTAMP '{period.since:%Y-%m-%d %H:%M:%S.%f}'")
    if period.until:
        conditions.append(f"started_at < TIMESTAMP '{period.until:%Y-%m-%d %H:%M:%S.%f}'")
    return " AND ".join(conditions)


def usage_by_names(
    ledger: Ledger, period: Period, thresholds: Sequence[int] = ()
) -> list[NamedUsage]:
    """Return the usage of a period, each call once, by name, tier and range of input lengths.

    Args:
        ledger: Opened at the moment to answer from.
        period: Half-open.
        thresholds: Input lengths above which prices change, ascending.
    """
    merge_meters(ledger, period)
    over = [f"(({_WHOLE_INPUT}) > {threshold})::INTEGER" for threshold in thresholds]
    query = files("centavo.pricing").joinpath("sql", "usage_by_names.sql").read_text("utf-8")
    rows = ledger.rows(
        query.format(
            length=" + ".join(over) or "0",
            sums=", ".join(f"coalesce(sum({name}), 0)::HUGEINT AS {name}" for name in _COLUMNS),
            filter=period_sql(period),
        )
    )
    lengths = [0, *(threshold + 1 for threshold in thresholds)]
    return [
        NamedUsage(
            EventKey(*(None if name is None else str(name) for name in row[:4])),
            lengths[int(str(row[4]))],
            int(str(row[5])),
            {name: int(str(count)) for name, count in zip(_COLUMNS, row[6:], strict=True)},
        )
        for row in rows
    ]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)

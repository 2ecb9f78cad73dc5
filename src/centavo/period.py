"""Half-open periods in UTC, and the grains that time is cut into."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from centavo.errors import ConfigError

__all__ = ["Grain", "Period", "parse_instant"]

Grain = Literal["day", "week", "month"]


def parse_instant(text: str) -> datetime:
    """Return the instant of a date, month or time as the user typed it.

    ``2026-03`` and ``2026-03-05`` are midnight UTC of their first day; a time without zone is UTC.

    Raises:
        ConfigError: The text is none of these.

    >>> parse_instant("2026-03").isoformat()
    '2026-03-01T00:00:00+00:00'
    """
    candidate = f"{text}-01" if len(text) == 7 else text
    try:
        instant = datetime.fromisoformat(candidate)
    except ValueError:
        raise ConfigError(
            f"{text!r} is not a date", hint="Write 2026-03, 2026-03-05 or 2026-03-05T12:00:00Z."
        ) from None
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


@dataclass(frozen=True)
class Period:
    """From ``since`` (included) until ``until`` (excluded), both aware and in UTC.

    ``None`` means without limit on that side.
    """

    since: datetime | None = None
    until: datetime | None = None

    def __post_init__(self) -> None:
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ConfigError(
                f"the period from {self.since:%Y-%m-%d} until {self.until:%Y-%m-%d} is empty",
                hint="--until is excluded and must be later than --since.",
            )

    @classmethod
    def parse(cls, since: str | None, until: str | None) -> "Period":
        """Return the period between two dates as the user typed them; either may be absent."""
        return cls(
            parse_instant(since) if since else None,
            parse_instant(until) if until else None,
        )

    @classmethod
    def month(cls, first_day: date) -> "Period":
        """Return the calendar month, in UTC, that begins on ``first_day``."""
        since = datetime(first_day.year, first_day.month, 1, tzinfo=UTC)
        later = since + timedelta(days=32)
        return cls(since, later.replace(day=1))

"""When people work: local hours, weekdays and public holidays."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from centavo.consumption.public_holidays import public_holidays
from centavo.errors import ConfigError

__all__ = ["WorkingHours"]


@dataclass(frozen=True)
class WorkingHours:
    """Office hours of one place.

    Attributes:
        time_zone: IANA name.
        country: ISO 3166 code of the holidays; empty for none.
        opens: First hour of work, local.
        closes: First hour after work.
    """

    time_zone: str
    country: str
    opens: int
    closes: int

    def local(self, moment: datetime) -> datetime:
        """Return a naive UTC time of the ledger as local time.

        Raises:
            ConfigError: The time zone is not known.
        """
        return moment.replace(tzinfo=UTC).astimezone(_zone(self.time_zone))

    def is_daytime(self, moment: datetime) -> bool:
        """Say whether the local hour is one of office hours, on whatever day."""
        return self.opens <= self.local(moment).hour < self.closes

    def is_work(self, moment: datetime) -> bool:
        """Say whether people work at a naive UTC time of the ledger."""
        there = self.local(moment)
        return (
            there.weekday() < 5
            and self.opens <= there.hour < self.closes
            and there.date() not in public_holidays(self.country, there.year)
        )


@lru_cache
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError(
            f"{name!r} is not a time zone", hint="Use an IANA name: America/Sao_Paulo, UTC …"
        ) from None

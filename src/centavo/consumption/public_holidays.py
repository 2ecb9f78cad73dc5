"""Public holidays of a country, by day and name."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

from centavo.errors import ConfigError

__all__ = ["public_holidays"]


@lru_cache
def public_holidays(country: str, year: int) -> Mapping[date, str]:
    """Return the holidays of a year, named in English where the library can; none for no country.

    Args:
        country: ISO 3166 code.
        year: Calendar year.

    Raises:
        ConfigError: The country is not known.

    >>> public_holidays("BR", 2026)[date(2026, 9, 7)]
    'Independence Day'
    """
    if not country:
        return {}
    # 1.7 MB of calendars, read only when somebody asks about days.
    from holidays import country_holidays

    try:
        return dict(country_holidays(country, years=year, language="en_US"))
    except NotImplementedError:
        raise ConfigError(
            f"no holidays are known of {country!r}", hint="Use an ISO 3166 code: BR, PT, US …"
        ) from None

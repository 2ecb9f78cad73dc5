"""From ``centavo.toml`` to the settings of a run of rules, each value checked."""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from centavo.errors import ConfigError
from centavo.findings import RuleSettings
from centavo.findings.report import HISTORY_DAYS
from centavo.ledger.exchange import ExchangeRates
from centavo.ledger.settings import Settings
from centavo.money import currency_code

__all__ = ["history_days", "rule_settings"]

_HOURS = re.compile(r"^(\d{1,2})-(\d{1,2})$")


def rule_settings(settings: Settings, *, now: datetime) -> RuleSettings:
    """Return the settings of rules.

    Raises:
        ConfigError: A value of ``[consumption]`` cannot be used.
    """
    values = settings.consumption
    plain = RuleSettings(now)
    return RuleSettings(
        now=now,
        overrides=settings.rule_limits,
        floor=_number(values, "floor", plain.floor),
        floor_currency=currency_code(_text(values, "floor_currency", plain.floor_currency)),
        floor_share=_number(values, "floor_share", plain.floor_share),
        late_days=int(_number(values, "late_days", Decimal(plain.late_days))),
        time_zone=_zone(values, plain.time_zone),
        holidays=_text(values, "holidays", plain.holidays),
        office_hours=_hours(values, plain.office_hours),
        policy=settings.policy,
        shutdowns=settings.shutdowns,
        rates=ExchangeRates.load(settings.rates) if settings.rates else None,
    )


def history_days(settings: Settings) -> int:
    """Return how many of the newest days are looked at when no period is given."""
    days = int(_number(settings.consumption, "history_days", Decimal(HISTORY_DAYS)))
    if days < 1:
        raise ConfigError(f"consumption.history_days must be at least 1, not {days}")
    return days


def _number(values: Mapping[str, object], key: str, default: Decimal) -> Decimal:
    value = values.get(key, default)
    try:
        number = None if isinstance(value, bool) else Decimal(str(value))
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite() or number < 0:
        raise ConfigError(f"consumption.{key} must be a number of at least 0, not {value!r}")
    return number


def _text(values: Mapping[str, object], key: str, default: str) -> str:
    value = values.get(key, default)
    if not isinstance(value, str):
        raise ConfigError(f"consumption.{key} must be text, not {value!r}")
    return value


def _zone(values: Mapping[str, object], default: str) -> str:
    name = _text(values, "time_zone", default)
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ConfigError(
            f"consumption.time_zone {name!r} is not a time zone",
            hint="Use an IANA name: America/Sao_Paulo, UTC …",
        ) from None
    return name


def _hours(values: Mapping[str, object], default: tuple[int, int]) -> tuple[int, int]:
    text = _text(values, "office_hours", f"{default[0]}-{default[1]}")
    found = _HOURS.match(text.strip())
    if not found or not 0 <= int(found[1]) < int(found[2]) <= 24:
        raise ConfigError(
            f"consumption.office_hours {text!r} is not a span of hours", hint='Write "08-20".'
        )
    return int(found[1]), int(found[2])

"""How long a server asks to wait: ``Retry-After`` and the rate-limit headers, in seconds.

Sources: RFC 9110 section 10.2.3 (seconds or an HTTP date); OpenAI's ``x-ratelimit-reset-requests``
(``1s``, ``6m0s``) and ``retry-after-ms``; Anthropic's ``anthropic-ratelimit-requests-reset``
(RFC 3339).
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

__all__ = ["retry_after_s", "spent_limit_s"]

_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_UNITS_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
# (what is left, when it is full again).
_LIMITS: tuple[tuple[str, str], ...] = (
    ("x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"),
    ("anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"),
    ("x-ratelimit-remaining", "x-ratelimit-reset"),
    ("ratelimit-remaining", "ratelimit-reset"),
)
# Plain numbers above this are seconds since 1970, below it seconds from now.
_EPOCH_FROM = 1_000_000_000


def retry_after_s(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that the server asks to wait before the next try; ``None`` = unsaid.

    >>> retry_after_s({"retry-after": "7"}, datetime(2026, 5, 1, tzinfo=UTC))
    7.0
    >>> retry_after_s({"retry-after-ms": "250"}, datetime(2026, 5, 1, tzinfo=UTC))
    0.25
    """
    exact = _seconds(headers.get("retry-after-ms"), now)
    if exact is not None:
        return exact / 1000
    return _seconds(headers.get("retry-after"), now)


def spent_limit_s(headers: Mapping[str, str], now: datetime) -> float:
    """Return the seconds until another request is allowed; 0 while some are left.

    >>> now = datetime(2026, 5, 1, tzinfo=UTC)
    >>> spent_limit_s({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}, now)
    360.0
    >>> spent_limit_s({"x-ratelimit-remaining-requests": "12", "x-ratelimit-reset-requests": "6m0s"}, now)
    0.0
    """
    waits = [
        _seconds(headers.get(reset), now) or 0.0
        for remaining, reset in _LIMITS
        if headers.get(remaining, "").strip() == "0"
    ]
    return max(waits, default=0.0)


def _seconds(value: str | None, now: datetime) -> float | None:
    if value is None or not (stated := value.strip()):
        return None
    try:
        number = float(stated)
    except ValueError:
        return _spelled_out(stated, now)
    if not 0 <= number < 4 * _EPOCH_FROM:
        return None
    return max(0.0, number - now.timestamp()) if number >= _EPOCH_FROM else number


def _spelled_out(stated: str, now: datetime) -> float | None:
    parts = _DURATION.findall(stated)
    if parts and _DURATION.sub("", stated) == "":
        return sum(float(number) * _UNITS_S[unit] for number, unit in parts)
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            moment = parse(stated)
        except ValueError:
            continue
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, (aware - now).total_seconds())
    return None

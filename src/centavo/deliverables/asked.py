"""What a reader asks of a view; the address holds the whole of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import cast
from urllib.parse import parse_qsl, quote, unquote, urlencode

from centavo.consumption.cost_cells import BASES, Basis
from centavo.consumption.dimensions import DIMENSIONS
from centavo.errors import ConfigError
from centavo.money import currency_code
from centavo.period import Period, parse_instant

__all__ = ["DRILL", "Asked", "basis_of", "before", "midnight", "parse_asked", "period_of"]

# Where a row of one dimension leads: to its parts.
DRILL: dict[str, str] = {
    "provider": "service",
    "service": "project",
    "project": "application",
    "cost_center": "team",
    "team": "application",
    "environment": "application",
    "application": "endpoint",
    "endpoint": "model",
    "feature": "model",
    "model": "token_class",
}


@dataclass(frozen=True)
class Asked:
    """The state of a view.

    Attributes:
        period: A month ``2026-10``, two days ``2026-09-01..2026-10-01`` (the second excluded), or
            empty for the newest month.
        by: Dimension to show.
        basis: Evidence level; empty takes the best that there is.
        currency: Currency to show; empty takes the ledger's.
        where: Exact value by dimension; an empty value means "has none".
        lang: Language of the page.
        scenario: Scenario of the plan; empty takes the one that is being carried out.
    """

    period: str = ""
    by: str = "application"
    basis: str = ""
    currency: str = ""
    where: Mapping[str, str] = field(default_factory=dict[str, str])
    lang: str = ""
    scenario: str = ""

    def address(self, page: str, **changes: object) -> str:
        """Return the address of a page in this state, with changes."""
        new = replace(self, **changes)
        default = Asked()
        pairs = [
            (name, text)
            for name in ("period", "by", "basis", "currency", "lang", "scenario")
            if (text := str(getattr(new, name))) != getattr(default, name)
        ]
        pairs += [
            ("where", f"{quote(name, safe=':')}={value}") for name, value in new.where.items()
        ]
        return f"{page}?{urlencode(pairs)}" if pairs else page

    def without(self, name: str) -> "Asked":
        """Return the state without one filter."""
        return replace(self, where={key: v for key, v in self.where.items() if key != name})

    def within(self, name: str, value: str | None) -> "Asked":
        """Return the state one step down: only this value, shown by its parts."""
        where = {**self.where, name: value or ""}
        by = DRILL.get(name, "model")
        while by in where and by in DRILL:
            by = DRILL[by]
        return replace(self, where=where, by=by)


def parse_asked(query: str) -> Asked:
    """Return the state that an address asks for.

    Raises:
        ConfigError: A dimension, basis, currency or period cannot be understood.

    >>> parse_asked("by=model&where=team=busca").where
    {'team': 'busca'}
    """
    found: dict[str, str] = {}
    where: dict[str, str] = {}
    for name, text in parse_qsl(query, keep_blank_values=True):
        if name == "where":
            dimension, _, value = text.partition("=")
            where[_dimension(unquote(dimension))] = value
        elif name in {"period", "by", "basis", "currency", "lang", "scenario"}:
            found[name] = text
    if "by" in found:
        found["by"] = _dimension(found["by"])
    if found.get("basis") and found["basis"] not in BASES:
        raise ConfigError(f"basis={found['basis']!r} is none of {', '.join(BASES)}")
    if found.get("currency"):
        found["currency"] = currency_code(found["currency"])
    asked = Asked(**found, where=where)
    if asked.period:
        period_of(asked.period, date(2000, 1, 1))
    return asked


def period_of(text: str, newest: date) -> Period:
    """Return the period of a state; the month of the newest day where none is asked for.

    Raises:
        ConfigError: The text is no month and no pair of days.

    >>> str(period_of("2026-10", date(2026, 1, 1)).until)
    '2026-11-01 00:00:00+00:00'
    """
    if not text:
        return Period.month(newest.replace(day=1))
    since, between, until = text.partition("..")
    start = parse_instant(since)
    if between:
        return Period(start, parse_instant(until))
    if len(since) == 7:
        return Period.month(start.date())
    return Period(start, start + timedelta(days=1))


def basis_of(asked: Asked) -> Basis | None:
    """Return the evidence level that is asked for, if any."""
    return cast("Basis", asked.basis) if asked.basis else None


def before(period: Period) -> Period:
    """Return the period of the same length before; of a calendar month, the month before."""
    assert period.since is not None
    assert period.until is not None
    if period == Period.month(period.since.date()):
        return Period.month((period.since - timedelta(days=1)).date().replace(day=1))
    return Period(period.since - (period.until - period.since), period.since)


def midnight(day: date) -> datetime:
    """Return the start of a day, UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _dimension(name: str) -> str:
    if name not in DIMENSIONS and not name.startswith("tag:"):
        raise ConfigError(f"{name!r} is not a dimension", hint=f"Known: {', '.join(DIMENSIONS)}.")
    return name

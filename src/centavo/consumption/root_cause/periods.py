"""Which two periods are compared: as asked, or the last complete one against the one before."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from centavo.errors import ConfigError, LedgerError
from centavo.ledger.ledger import Ledger
from centavo.period import Period, parse_instant

__all__ = ["Compared", "compared_periods", "parse_against"]

_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
# Newest days of a bill that are still arriving; a real Google bill's last day held 79 to 88 % of its
# final cost, the day before 95 to 100 %.
LATE_DAYS = 2
# A log that ends before the last two hours of a day does not hold the whole day.
_WHOLE_DAY = timedelta(hours=2)


@dataclass(frozen=True)
class Compared:
    """Two periods, both closed, and what a reader must know of them."""

    later: Period
    earlier: Period
    notes: tuple[str, ...] = ()

    @property
    def days(self) -> tuple[int, int]:
        """Days of the earlier and of the later period, begun ones included."""
        return _days(self.earlier), _days(self.later)


def parse_against(text: str) -> Period:
    """Return the period of ``2026-03``, ``2026-03-05`` or ``2026-03-01..2026-03-08`` (end excluded).

    Raises:
        ConfigError: The text is none of these.

    >>> str(parse_against("2026-02").until)
    '2026-03-01 00:00:00+00:00'
    """
    since, dots, until = text.partition("..")
    if dots:
        if not since.strip() or not until.strip():
            raise ConfigError(
                f"--against {text!r} has an open end",
                hint="Write --against 2026-03-01..2026-03-08.",
            )
        return Period.parse(since.strip(), until.strip())
    start = parse_instant(text)
    return Period.month(start.date()) if len(text) == 7 else Period(start, start + _DAY)


def compared_periods(
    ledger: Ledger, asked: Period, against: Period | None, *, by_bill: bool
) -> Compared:
    """Return the two periods.

    Without a period: the last seven complete days; where everything stands on the first of a month,
    the last month. Without the other: as many days, as near before as the same weekdays allow.

    Args:
        ledger: Opened without limits of time.
        asked: The later period; either end may be open.
        against: The earlier period, if named.
        by_bill: Whether bills are asked, whose newest days still change.

    Raises:
        LedgerError: The ledger has nothing to compare with.
    """
    first, complete, monthly = _extent(ledger, by_bill=by_bill)
    later = _later(asked, complete, monthly=monthly)
    earlier = against or _before(later, monthly=monthly and asked == Period())
    if against is None and earlier.until is not None and earlier.until <= first:
        raise LedgerError(
            f"nothing before {_day(later.since)} to compare with: the ledger begins on {first:%F}",
            hint="Ask for a later --since, or name the other period with --against.",
        )
    notes: list[str] = []
    if earlier.since is not None and earlier.since < first:
        notes.append(
            f"The ledger begins on {first:%F}, inside the earlier period: it is not whole."
        )
    if later.until is not None and later.until > complete:
        notes.append(f"Days from {complete:%F} on are not complete: more may arrive.")
    found = Compared(later, earlier)
    if len(set(found.days)) > 1:
        notes.append(
            f"The periods differ in length: {found.days[0]} days before, {found.days[1]} after."
        )
    return Compared(later, earlier, tuple(notes))


def _extent(ledger: Ledger, *, by_bill: bool) -> tuple[datetime, datetime, bool]:
    """Return the first instant, the end of the last complete day, and whether only months are known."""
    table, at = ("charges", "ChargePeriodStart") if by_bill else ("usage_events", "started_at")
    first, last = ledger.rows(f"SELECT min({at}), max({at}) FROM {table}")[0]
    if not isinstance(first, datetime) or not isinstance(last, datetime):
        raise LedgerError("the ledger holds no cost", hint="`centavo ledger` shows what it holds.")
    starts = ledger.rows(f"SELECT count(*) FILTER (date_trunc('month', {at}) <> {at}) FROM {table}")
    monthly = by_bill and starts[0][0] == 0
    if monthly:
        end = (last.replace(day=1) + timedelta(days=32)).replace(day=1)
    elif by_bill:
        end = datetime.combine(last.date(), datetime.min.time()) - (LATE_DAYS - 1) * _DAY
    else:
        end = datetime.combine((last + _WHOLE_DAY).date(), datetime.min.time())
    start = datetime.combine(first.date(), datetime.min.time())
    return start.replace(tzinfo=UTC), end.replace(tzinfo=UTC), monthly


def _later(asked: Period, complete: datetime, *, monthly: bool) -> Period:
    if asked.since is not None:
        return Period(asked.since, asked.until or max(complete, asked.since + _DAY))
    end = asked.until or complete
    if monthly:
        return Period.month((end - _DAY).date())
    return Period(end - _WEEK, end)


def _before(later: Period, *, monthly: bool) -> Period:
    since, until = later.since, later.until
    assert since is not None
    assert until is not None
    if monthly:
        return Period.month(_last_month(since.date()))
    back = -(-(until - since) // _WEEK) * _WEEK
    return Period(since - back, until - back)


def _last_month(first_day: date) -> date:
    return (first_day.replace(day=1) - _DAY).replace(day=1)


def _days(period: Period) -> int:
    assert period.since is not None
    assert period.until is not None
    return -(-(period.until - period.since) // _DAY)


def _day(instant: datetime | None) -> str:
    return "" if instant is None else f"{instant:%F}"

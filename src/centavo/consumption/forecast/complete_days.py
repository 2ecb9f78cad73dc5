"""The last complete day: newer ones are still arriving and must not count as quiet."""

from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files

from centavo.consumption.cost_cells import Basis
from centavo.ledger.ledger import Ledger

__all__ = ["CompleteDays", "complete_days"]

# A bill or log that stopped so long before the newest one has ended; it is not late.
_ENDED_DAYS = 14
_CALLS = "metered"
_EVIDENCE: dict[Basis, tuple[str, ...]] = {
    "billed": ("billed",),
    "vendor_reported": ("vendor_reported", _CALLS),
    "metered": (_CALLS,),
    "estimated": (_CALLS,),
}


@dataclass(frozen=True)
class CompleteDays:
    """Until when a ledger is whole.

    Attributes:
        until: The first day that not every source has whole.
        seen_until: Day after the newest row.
    """

    until: date
    seen_until: date


def complete_days(
    ledger: Ledger, basis: Basis, *, late_days: int, until: date
) -> CompleteDays | None:
    """Return until when every source of an evidence level is whole; ``None`` without any row.

    A bill's newest days may still change: those of the last ``late_days`` before it was fetched. A bill
    that does not say when it was fetched is taken to be fetched the day after its last.

    Args:
        ledger: Opened at the moment to answer from.
        basis: Evidence level.
        late_days: Newest days of a bill that may still change.
        until: Rows of this day and later are left out.
    """
    text = files("centavo.consumption.forecast").joinpath("sql", "newest_days.sql")
    rows = ledger.rows(text.read_text(encoding="utf-8").format(until=until))
    ends: list[tuple[date, date]] = []
    for evidence, _, _, newest, fetched in rows:
        if evidence not in _EVIDENCE[basis] or not isinstance(newest, date):
            continue
        after = newest + timedelta(days=1)
        at = fetched if isinstance(fetched, date) else after
        whole = min(after, at if evidence == _CALLS else at - timedelta(days=late_days))
        ends.append((after, min(whole, until)))
    if not ends:
        return None
    last = max(after for after, _ in ends)
    return CompleteDays(
        min(whole for after, whole in ends if (last - after).days <= _ENDED_DAYS), last
    )

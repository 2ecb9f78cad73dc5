"""What share of a day's cost a bill shows while the day is young, by the ledger's own earlier readings.

A bill that was fetched again and again was restated each time; the ledger keeps the earlier snapshots, and
each says what the newest days showed then. What they came to is known once they are ten days old.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib.resources import files

from centavo.consumption.detection.completeness import Sighting, arrival_shares
from centavo.ledger.ledger import Ledger
from centavo.ledger.preliminary import LATE_ROWS_DAYS

__all__ = ["BillReading", "learnt_shares", "readings_of", "sightings_of"]

# Older readings are of another time, and each costs the opening of a snapshot.
_MOST_READINGS = 6
_LEAST_READINGS = 3
_YOUNG_DAYS = 3
_FRESH_DAYS = 3
BillKey = tuple[str, str, str]


@dataclass(frozen=True)
class BillReading:
    """One bill as it stood at one time.

    Attributes:
        bill: Source, account and currency.
        fetched: Day of its export, else of its reading.
        costs: By day.
    """

    bill: BillKey
    fetched: date
    costs: Mapping[date, Decimal]

    @property
    def newest(self) -> date:
        """Its last day."""
        return max(self.costs)


def learnt_shares(ledger: Ledger) -> dict[int, Decimal]:
    """Return the share that has arrived by age in days; empty where too few readings say so."""
    plan = ledger.plans.get("charges")
    if plan is None or len(plan.snapshots) <= _LEAST_READINGS or not _is_restated(ledger):
        return {}
    moments = sorted(each.committed_at_ms for each in plan.snapshots)[:-1][-_MOST_READINGS:]
    earlier = [reading for moment in moments for reading in _reading_at(ledger, moment)]
    found = sightings_of(earlier, readings_of(ledger, read_at=date.max))
    ages = [each.age_days for each in found]
    shares = arrival_shares(found)
    return {age: shares[age] for age in set(ages) if ages.count(age) >= _LEAST_READINGS}


def readings_of(ledger: Ledger, *, read_at: date) -> list[BillReading]:
    """Return each bill of a ledger as it stands.

    Args:
        ledger: Opened at some moment.
        read_at: Taken for the day of the export where a bill does not say it.
    """
    text = files("centavo.consumption.forecast").joinpath("sql", "newest_billed_days.sql")
    costs: dict[BillKey, dict[date, Decimal]] = {}
    fetched: dict[BillKey, date] = {}
    for source, account, currency, day, _, cost, at in ledger.rows(
        text.read_text(encoding="utf-8")
    ):
        if isinstance(day, date) and isinstance(cost, Decimal):
            bill = (str(source), str(account), str(currency))
            costs.setdefault(bill, {})[day] = cost
            fetched[bill] = at if isinstance(at, date) else read_at
    return [BillReading(bill, fetched[bill], days) for bill, days in costs.items()]


def sightings_of(earlier: Sequence[BillReading], now: Sequence[BillReading]) -> list[Sighting]:
    """Return what young days showed and what they came to, each reading once.

    A reading counts that was fetched within three days of its newest day; a day's cost is final when the
    bill has gone on for ten days after it.
    """
    final = {reading.bill: reading for reading in now}
    seen: set[tuple[BillKey, date, date, Decimal]] = set()
    found: list[Sighting] = []
    for reading in earlier:
        last = final.get(reading.bill)
        if last is None or (reading.fetched - reading.newest).days > _FRESH_DAYS:
            continue
        for age in range(_YOUNG_DAYS):
            day = reading.newest - timedelta(days=age)
            cost, came_to = reading.costs.get(day), last.costs.get(day)
            if cost is None or came_to is None or (last.newest - day).days < LATE_ROWS_DAYS:
                continue
            key = (reading.bill, reading.newest, day, cost)
            if key not in seen:
                seen.add(key)
                found.append(Sighting(age, cost, came_to))
    return found


def _is_restated(ledger: Ledger) -> bool:
    """Say whether bills were read again so often, by the diary: opening snapshots is dear."""
    rows = ledger.rows(
        "SELECT count(*) FROM batches WHERE fact_table = 'charges' AND rows_replaced <> '{}'"
    )
    return int(str(rows[0][0])) >= _LEAST_READINGS


def _reading_at(ledger: Ledger, committed_at_ms: int) -> list[BillReading]:
    # A millisecond later: the moment itself may be taken for before the commit.
    moment = datetime.fromtimestamp((committed_at_ms + 1) / 1000, UTC)
    return readings_of(Ledger.open(ledger.location, as_of=moment), read_at=moment.date())

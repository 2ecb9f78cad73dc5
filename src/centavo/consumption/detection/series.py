"""Daily series of a ledger's usage: everything, each place, and each item of a place.

Usage is spend before credits and at one price, so that a new price or a lost credit, which other rules
find, does not look like more use. A day on which a scope has no row is zero where its providers billed
or metered something else that day, and unknown where they did not.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from centavo.consumption.detection.asking import ask, select_of
from centavo.consumption.spend_tables import spend_tables
from centavo.findings import RuleSettings
from centavo.findings.question import day_of, text_of
from centavo.ledger.engine import sql_text
from centavo.ledger.ledger import Ledger
from centavo.period import Period

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Matrix = npt.NDArray[np.float64]
    Places = npt.NDArray[np.int64]

__all__ = ["DIMENSIONS", "DailySeries", "Scope", "usage_series"]

_PLACE = ("application", "environment", "project", "account")
_ITEM = ("model", "service")
DIMENSIONS = (*_PLACE, *_ITEM)


@dataclass(frozen=True)
class Scope:
    """What a series is of.

    Attributes:
        unit: Currency of its amounts.
        names: Value by dimension; empty for everything.
        depth: 0 everything, 1 a place, 2 an item of a place.
    """

    unit: str
    names: dict[str, str | None] = field(hash=False)
    depth: int

    @property
    def subject(self) -> dict[str, str]:
        """The dimensions that are known."""
        return {name: value for name, value in self.names.items() if value is not None}

    def condition(self, dimensions: Sequence[str] = DIMENSIONS) -> str:
        """Return the scope as a condition of SQL on those dimensions."""
        parts = [
            f"{name} IS NULL" if value is None else f"{name} = {sql_text(value)}"
            for name, value in self.names.items()
            if name in dimensions
        ]
        return " AND ".join(parts) or "true"

    def holds(self, other: "Scope") -> bool:
        """Say whether the other scope is a part of this one."""
        return self.unit == other.unit and all(
            other.names.get(name, "") == value for name, value in self.names.items()
        )


@dataclass(frozen=True)
class DailySeries:
    """Series by days, from the first day on, in the order of the scopes.

    Attributes:
        scopes: What each is of.
        first: Date of the first column.
        amounts: Of each scope and day; NaN where it is unknown.
        settled: Of each scope, how many columns are whole. Those that follow are still arriving and hold
            what has arrived: more may come, less will not, so a rise that they prove is one.
    """

    scopes: tuple[Scope, ...]
    first: date
    amounts: "Matrix"
    settled: "Places"

    @property
    def days(self) -> int:
        """How many days."""
        return self.amounts.shape[1]

    def whole_days(self) -> "DailySeries":
        """Return the series without what is still arriving."""
        import numpy as np

        columns = np.arange(self.days)
        whole = np.where(columns < self.settled[:, None], self.amounts, np.nan)
        return replace(self, amounts=whole[:, : int(self.settled.max())])

    def day(self, column: int) -> date:
        """Return the date of a column."""
        return self.first + timedelta(days=column)


def usage_series(ledger: Ledger, period: Period, settings: RuleSettings) -> DailySeries | None:
    """Return the usage of every scope by day; ``None`` where there is no spend."""
    import numpy as np

    held = spend_tables(ledger, period, settings)
    if held.since is None:
        return None
    ledger.engine.execute(f"CREATE OR REPLACE TEMP TABLE usage_days AS {select_of('usage_days')}")
    bounds = ledger.rows("SELECT min(day), max(day) FROM usage_days")[0]
    first, last = bounds
    if not isinstance(first, date) or not isinstance(last, date):
        return None
    days = (last - first).days + 1
    known = _known_days(ledger, first, days)
    scopes: list[Scope] = []
    rows: list[Matrix] = []
    settled: list[int] = []
    for scope, values, providers, late in _scopes(ledger):
        row = np.full(days, np.nan)
        begun = min((day - first).days for day in values)
        zero = np.logical_or.reduce([known[name] for name in providers])
        zero[:begun] = False
        row[zero] = 0.0
        for day, usage in values.items():
            row[(day - first).days] = usage
        whole = (late - first).days if late else days
        scopes.append(scope)
        rows.append(row)
        settled.append(whole)
    return DailySeries(tuple(scopes), first, np.stack(rows), np.array(settled, dtype=np.int64))


def _known_days(ledger: Ledger, first: date, days: int) -> "dict[str, npt.NDArray[np.bool_]]":
    """Return the days on which each provider said anything that is whole."""
    import numpy as np

    known: dict[str, npt.NDArray[np.bool_]] = {}
    # A provider may have nothing yet but what is arriving.
    for provider, day, is_late in ledger.rows(
        "SELECT DISTINCT provider, day, is_late FROM usage_days"
    ):
        if isinstance(day, date):
            flags = known.setdefault(str(provider), np.zeros(days, dtype=np.bool_))
            flags[(day - first).days] |= not is_late
    return known


def _scopes(ledger: Ledger) -> list[tuple[Scope, dict[date, float], set[str], date | None]]:
    """Return each scope with its days, its providers, and its first day that is still arriving."""
    found: list[tuple[Scope, dict[date, float], set[str], date | None]] = []
    rows = ask(ledger, "scopes").rows
    keys = ("unit", "is_place", "is_item", *DIMENSIONS)
    for key, group in groupby(rows, lambda row: tuple(row[name] for name in keys)):
        unit, is_place, is_item = str(key[0]), bool(key[1]), bool(key[2])
        named = dict(zip(DIMENSIONS, key[3:], strict=True))
        dimensions = DIMENSIONS if is_item else _PLACE if is_place else ()
        names = {name: None if named[name] is None else str(named[name]) for name in dimensions}
        values: dict[date, float] = {}
        providers: set[str] = set()
        late: date | None = None
        for row in group:
            values[day_of(row)] = float(str(row["usage"] or 0))
            providers.update(text_of(row, "providers").split("\t"))
            late = late or (day_of(row) if row["is_late"] else None)
        found.append((Scope(unit, names, int(is_place) + int(is_item)), values, providers, late))
    return found

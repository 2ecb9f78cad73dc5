"""What no limit covers: grouping spend by what a budget or a quota could name."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from centavo.findings.question import Row, amount_of, text_of

__all__ = ["Place", "combined", "scope_of"]

Place = tuple[tuple[str, str], ...]


def scope_of(row: Row) -> Mapping[str, str | None]:
    """Return a row's scope as policies name it."""
    return {name: None if value is None else str(value) for name, value in row.items()}


def combined(rows: Iterable[Row], place_of: Callable[[Row], Place]) -> dict[Place, list[Row]]:
    """Return the rows of each place in the currency that most of its money is in, the most first."""
    groups: dict[tuple[Place, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((place_of(row), text_of(row, "currency")), []).append(row)
    sums = {
        key: sum((amount_of(r, "cost") for r in each), Decimal(0)) for key, each in groups.items()
    }
    found: dict[Place, list[Row]] = {}
    for place, currency in sorted(groups, key=lambda key: -sums[key]):
        found.setdefault(place, groups[place, currency])
    return found

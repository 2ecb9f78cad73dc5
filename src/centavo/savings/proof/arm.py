"""One arm of the comparison: requests of some days, repriced at the prices of the month that is proved."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from importlib.resources import files

from centavo.ledger.ledger import Ledger
from centavo.ledger.schema import COST_COLUMNS
from centavo.money import EXACT
from centavo.pricing import PriceBook

__all__ = ["CLASSES", "Arm", "Cell", "Repricing", "Terms", "read_arm"]

CLASSES = ("plain", "read", "write", "output")
Terms = Callable[[str, str], Decimal]
_ZERO = Decimal(0)
_WEEK = 7


@dataclass(frozen=True)
class Cell:
    """Tokens of one model and class, and their cost."""

    tokens: int
    cost: Decimal


@dataclass(frozen=True)
class Arm:
    """What one side of the comparison did.

    Attributes:
        first: First day.
        requests: Priced ones by day from ``first``; a day without any is 0.
        costs: The same.
        cells: By provider, model and class.
        fees: Cost that is of no token, such as searches.
        unpriced: Requests without a price: they are in no other figure.
    """

    first: date
    requests: tuple[int, ...]
    costs: tuple[Decimal, ...]
    cells: Mapping[tuple[str, str, str], Cell]
    fees: Decimal
    unpriced: int

    @property
    def all_requests(self) -> int:
        """Over all days."""
        return sum(self.requests)

    @property
    def cost(self) -> Decimal:
        """Over all days."""
        return _sum(self.costs)

    @property
    def tokens(self) -> int:
        """Of every class."""
        return sum(cell.tokens for cell in self.cells.values())

    @property
    def providers(self) -> set[str]:
        """Whose models answered."""
        return {provider for provider, _, _ in self.cells}


@dataclass(frozen=True)
class Repricing:
    """At what prices requests are read.

    Attributes:
        book: Prices.
        currency: Requests in another one are left out.
        days: Whose prices hold, first and end, excluded: each request takes those of a day of the
            same weekday.
        terms: What the bill asks for one unit of the book's price, of a provider and model.
    """

    book: PriceBook
    currency: str
    days: tuple[date, date]
    terms: Terms


def read_arm(ledger: Ledger, where: str, days: tuple[date, date], prices: Repricing) -> Arm:
    """Return the requests of some days, repriced.

    Args:
        ledger: With ``metered_events`` of these days.
        where: Condition on them.
        days: First, and the end, excluded.
        prices: For all arms of a comparison the same.
    """
    priced_as = prices.days
    folder = files("centavo.savings.proof").joinpath("sql")
    moved = folder.joinpath("moved.sql").read_text("utf-8").format(
        where=where,
        since=days[0], end=days[1], first=priced_as[0], until=priced_as[1],
        shift=_shift(days, priced_as), cost_columns=", ".join(COST_COLUMNS),
    )  # fmt: skip
    sql = folder.joinpath("arm.sql").read_text("utf-8")
    rows = ledger.rows(
        sql.format(priced=prices.book.select(ledger.engine, moved), currency=prices.currency)
    )
    return _arm(rows, days, prices.terms)


def _shift(days: tuple[date, date], target: tuple[date, date]) -> str:
    """Return SQL of how many days later a request is priced: whole weeks, spread over the weeks of the target."""
    if days == target or target[0] <= days[0] < days[1] <= target[1]:
        return "0"
    weeks = max((target[1] - target[0]).days // _WEEK, 1)
    ahead = (target[0] - days[0]).days % _WEEK
    day = f"date_diff('day', DATE '{days[0]}', started_at::DATE)"
    # The weekday's first day in the target, and then one of its weeks in turn.
    place = f"(({day} - {ahead} + {_WEEK}) % {_WEEK}) + {_WEEK} * (({day} // {_WEEK}) % {weeks})"
    last = (target[1] - target[0]).days - 1
    return f"(least({place}, {last}) + {(target[0] - days[0]).days} - {day})::INTEGER"


def _arm(
    rows: list[tuple[object, ...]],
    days: tuple[date, date],
    terms: Terms,
) -> Arm:
    count = (days[1] - days[0]).days
    requests, costs = [0] * count, [_ZERO] * count
    cells: dict[tuple[str, str, str], Cell] = {}
    fees, unpriced = _ZERO, 0
    for day, provider, model, asked, without, *values in rows:
        place = (day - days[0]) // timedelta(days=1) if isinstance(day, date) else 0
        named = str(provider or ""), str(model or "")
        factor = terms(*named)
        money = [EXACT.multiply(_decimal(value), factor) for value in values[4:]]
        for kind, tokens, cost in zip(CLASSES, values[:4], money[:4], strict=True):
            old = cells.get((*named, kind), Cell(0, _ZERO))
            cells[*named, kind] = Cell(old.tokens + int(str(tokens)), EXACT.add(old.cost, cost))
        requests[place] += int(str(asked))
        costs[place] = EXACT.add(costs[place], money[4])
        fees = EXACT.add(fees, EXACT.subtract(money[4], _sum(money[:4])))
        unpriced += int(str(without))
    used = {key: cell for key, cell in cells.items() if cell.tokens or cell.cost}
    return Arm(days[0], tuple(requests), tuple(costs), used, fees, unpriced)


def _decimal(value: object) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value or 0))


def _sum(amounts: tuple[Decimal, ...] | list[Decimal]) -> Decimal:
    total = _ZERO
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total

"""What each scope's recent cost is made of, by further dimensions: what a change touches."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from centavo.consumption.cost_cells import Basis, CostQuestion
from centavo.consumption.costs import CostMemory, CostRow, cost_report
from centavo.consumption.forecast.daily_costs import ScopeKey
from centavo.ledger.allocation import Allocation
from centavo.ledger.exchange import ExchangeRates
from centavo.ledger.ledger import Ledger
from centavo.period import Period

__all__ = ["RECENT_DAYS", "Asked", "recent_mix", "share_of_scopes"]

RECENT_DAYS = 30

Scope = Mapping[str, str | None]


@dataclass(frozen=True)
class Asked:
    """How cost is asked for, the same for history and for what it is made of.

    Attributes:
        ledger: Opened at the moment to answer from.
        question: Dimensions, filters, basis and currency.
        basis: Evidence level that history has.
        allocation: Shared costs that are divided.
        rates: The user's exchange rates.
        memory: What questions of the ledger have in common.
    """

    ledger: Ledger
    question: CostQuestion
    basis: Basis
    allocation: Allocation | None = None
    rates: ExchangeRates | None = None
    memory: CostMemory = field(default_factory=CostMemory)


def recent_mix(
    asked: Asked, dimensions: Sequence[str], until: date, *, first: date
) -> tuple[CostRow, ...]:
    """Return cost of the last thirty complete days by the question's dimensions and further ones."""
    by = tuple(dict.fromkeys((*asked.question.by, *dimensions)))
    since = max(first, until - timedelta(days=RECENT_DAYS))
    question = replace(
        asked.question, by=by, grain=None, basis=asked.basis, period=Period(_at(since), _at(until))
    )
    return cost_report(
        asked.ledger,
        question,
        allocation=asked.allocation,
        rates=asked.rates,
        memory=asked.memory,
    ).rows


def share_of_scopes(
    rows: Sequence[CostRow],
    scopes: Sequence[ScopeKey],
    currency: str,
    touches: Callable[[Scope], bool],
) -> list[float]:
    """Return which share of each scope's recent cost a change touches, 0 to 1.

    Args:
        rows: Recent cost by the scopes' dimensions and those that decide.
        scopes: In the order of the forecast.
        currency: Of the forecast.
        touches: Says whether a row's cost is touched.
    """
    whole: dict[ScopeKey, float] = {}
    part: dict[ScopeKey, float] = {}
    names = [name for name, _ in scopes[0]] if scopes else []
    for row in rows:
        if row.cost.currency != currency or row.cost.amount <= 0:
            continue
        key = tuple((name, row.key[name]) for name in names)
        whole[key] = whole.get(key, 0) + float(row.cost.amount)
        if touches(row.key):
            part[key] = part.get(key, 0) + float(row.cost.amount)
    return [part.get(key, 0) / whole[key] if whole.get(key) else 0.0 for key in scopes]


def _at(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)

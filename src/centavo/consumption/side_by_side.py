"""Billed and metered cost of the same key side by side: two questions, never one sum."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from centavo.consumption.cost_cells import CostQuestion
from centavo.consumption.costs import CostReport, cost_report
from centavo.ledger.allocation import Allocation
from centavo.ledger.exchange import ExchangeRates
from centavo.ledger.ledger import Ledger
from centavo.money import Money
from centavo.reconciliation.names import ModelNames, provider_id

__all__ = ["PairedReport", "PairedRow", "side_by_side"]


@dataclass(frozen=True)
class PairedRow:
    """One key in one currency; ``None`` where a side has nothing of it, which is not zero."""

    key: Mapping[str, str | None]
    billed: Money | None
    metered: Money | None
    billed_rows: int
    metered_rows: int

    @property
    def difference(self) -> Money | None:
        """Billed minus metered; ``None`` unless both are known."""
        if self.billed is None or self.metered is None:
            return None
        return self.billed - self.metered

    @property
    def currency(self) -> str:
        """Currency of the row."""
        money = self.billed or self.metered
        return money.currency if money else ""


@dataclass(frozen=True)
class PairedReport:
    """Two reports over one question and their rows side by side, the largest first."""

    billed: CostReport
    metered: CostReport
    rows: tuple[PairedRow, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader of either side must know, once."""
        return tuple(dict.fromkeys((*self.billed.notes, *self.metered.notes)))


def side_by_side(
    ledger: Ledger,
    question: CostQuestion,
    *,
    allocation: Allocation | None = None,
    rates: ExchangeRates | None = None,
    now: datetime | None = None,
    models: dict[str, str] | None = None,
) -> PairedReport:
    """Return billed and metered cost by the question's dimensions.

    Providers and models go by one name on both sides.

    Args:
        ledger: Opened at the moment to answer from.
        question: What is asked; its basis is left out.
        allocation: Shared costs that are divided among those who use them.
        rates: The user's exchange rates.
        now: The clock, for what is still preliminary.
        models: The user's names of models on bills or in logs, and in the price book.

    Raises:
        LedgerError: The ledger has no bill, or no requests, of that period.
        ConfigError: A dimension is not known.
    """
    billed, metered = (
        cost_report(
            ledger, replace(question, basis=basis), allocation=allocation, rates=rates, now=now
        )
        for basis in ("billed", "metered")
    )
    names = ModelNames(models)
    sides = [_by_name(report, names) for report in (billed, metered)]
    rows: list[PairedRow] = []
    for place in dict.fromkeys([*sides[0], *sides[1]]):
        (bill, bill_rows), (meter, meter_rows) = (side.get(place, (None, 0)) for side in sides)
        rows.append(PairedRow(dict(place[0]), bill, meter, bill_rows, meter_rows))
    rows.sort(key=lambda row: [value or "" for value in row.key.values()])
    rows.sort(key=lambda row: max(m.amount for m in (row.billed, row.metered) if m), reverse=True)
    if question.grain:
        rows.sort(key=lambda row: row.key["period"] or "")
    return PairedReport(billed, metered, tuple(rows))


_Place = tuple[tuple[tuple[str, str | None], ...], str]


def _by_name(report: CostReport, names: ModelNames) -> dict[_Place, tuple[Money, int]]:
    found: dict[_Place, tuple[Money, int]] = {}
    for row in report.rows:
        key = dict(row.key)
        provider = provider_id(key.get("provider"))
        if key.get("provider"):
            key["provider"] = provider
        if "model" in key:
            key["model"] = names.model(provider, key["model"])
        place = (tuple(key.items()), row.cost.currency)
        cost, rows = row.cost, row.rows
        if place in found:
            cost, rows = found[place][0] + cost, found[place][1] + rows
        found[place] = (cost, rows)
    return found

"""A month for accounting: cost by cost centre, in every currency that can be shown, as CSV."""

import csv
import io

from centavo.consumption.cost_cells import CostQuestion
from centavo.deliverables.asked import Asked, basis_of, period_of
from centavo.deliverables.reading import Reading
from centavo.errors import LedgerError
from centavo.money import Money

__all__ = ["monthly_csv"]

_CURRENCIES = ("BRL", "USD")


def monthly_csv(reading: Reading, asked: Asked) -> str:
    """Return a row for each cost centre: its cost in BRL and USD, rounded to the cent.

    An amount that no rate converts stands on a row of its own in its own currency; the column that it
    has no value for is empty, which is unknown, not zero.

    Raises:
        LedgerError: The period holds no cost.
    """
    if reading.newest is None:
        raise LedgerError("the ledger is empty", hint="Read a bill first: `centavo ingest FILE`.")
    period = period_of(asked.period, reading.newest)
    columns: dict[str, dict[tuple[str | None, str], Money]] = {}
    basis = ""
    for currency in _CURRENCIES:
        report = reading.costs(
            CostQuestion(
                by=("cost_center",), period=period, basis=basis_of(asked), currency=currency
            )
        )
        if report is None:
            raise LedgerError(
                f"the ledger holds no cost from {period.since:%Y-%m-%d} until {period.until:%Y-%m-%d}"
            )
        basis = report.basis
        columns[currency] = {
            (
                row.key["cost_center"],
                "" if row.cost.currency == currency else row.cost.currency,
            ): row.cost
            for row in report.rows
        }
    return _text(columns, basis=basis, period=f"{period.since:%Y-%m-%d}..{period.until:%Y-%m-%d}")


def _text(
    columns: dict[str, dict[tuple[str | None, str], Money]], *, basis: str, period: str
) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    heads = [f"cost_{currency.lower()}" for currency in _CURRENCIES]
    writer.writerow(["period", "cost_center", *heads, "other_currency", "cost_other", "basis"])
    keys = {key for costs in columns.values() for key in costs}
    for centre, other in sorted(keys, key=lambda key: (key[0] is None, key[0] or "", key[1])):
        costs = [columns[currency].get((centre, other)) for currency in _CURRENCIES]
        if other:
            left = next(cost for cost in costs if cost is not None)
            # What is in one of the two currencies has its own row already.
            if other in _CURRENCIES:
                continue
            writer.writerow([period, centre or "", "", "", other, _cents(left), basis])
        else:
            writer.writerow(
                [period, centre or "", *(_cents(cost) for cost in costs), "", "", basis]
            )
    return out.getvalue()


def _cents(amount: Money | None) -> str:
    return "" if amount is None else f"{amount.rounded().amount:.2f}"

"""Metered against vendor-reported against billed: lines, totals and what they rest on."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from centavo.errors import ConfigError
from centavo.ledger.exchange import ExchangeRates
from centavo.ledger.ledger import Ledger
from centavo.ledger.overlap import Overlap, merge_meters
from centavo.ledger.toml_lines import near_names
from centavo.money import EXACT
from centavo.pricing import PriceBook
from centavo.reconciliation.causes import CAUSES, OPEN_CAUSES
from centavo.reconciliation.comparing import compare
from centavo.reconciliation.preparing import gather
from centavo.reconciliation.question import ReconcileQuestion

__all__ = ["DIMENSIONS", "Blind", "Reconciliation", "Totals", "reconcile"]

_ZERO = Decimal(0)
# What lines can be summed by: the column, or the expression.
DIMENSIONS: dict[str, str] = {
    "provider": "provider",
    "account": "account",
    "model": "model",
    "token_class": "token_class",
    "day": "strftime(interval_start, '%Y-%m-%d')",
    "month": "strftime(interval_start, '%Y-%m')",
    "status": "status",
    "grade": "grade",
}


@dataclass(frozen=True)
class Totals:
    """Sums over lines of one currency.

    Attributes:
        key: Value by dimension; empty for the whole.
        currency: Of every amount.
        lines: How many.
        metered_cost: At the price book; ``None`` where no meter saw anything.
        vendor_cost: Of vendors' own reports.
        billed_cost: On bills; ``None`` where there is none.
        compared_cost: Metered cost of lines that have a bill: ``billed_cost - gap_cost``.
        gap_cost: Over lines that have a bill.
        causes: Amount by cause; they add up to the gap exactly.
        statuses: Lines by status.
        preliminary_lines: Lines whose bill may still change.
    """

    key: dict[str, str | None]
    currency: str
    lines: int
    metered_cost: Decimal | None
    vendor_cost: Decimal | None
    billed_cost: Decimal | None
    gap_cost: Decimal | None
    causes: dict[str, Decimal]
    statuses: dict[str, int]
    preliminary_lines: int

    @property
    def compared_cost(self) -> Decimal:
        """Metered cost that stands against a bill."""
        return EXACT.subtract(self.billed_cost or _ZERO, self.gap_cost or _ZERO)

    @property
    def open_gap(self) -> Decimal:
        """Sum of the sizes of the causes that somebody must look at."""
        return sum((abs(self.causes[name]) for name in OPEN_CAUSES), _ZERO)

    @property
    def main_cause(self) -> str | None:
        """The cause of the largest amount; ``None`` where there is no gap."""
        name = max(self.causes, key=lambda cause: abs(self.causes[cause]))
        return name if self.causes[name] else None


@dataclass(frozen=True)
class Blind:
    """What could not be compared.

    Attributes:
        without_bill: Metered cost that no bill of that provider and month is here for: provider,
            month, currency and amount.
        without_meter: Billed cost of providers that no meter saw anything of: provider, currency
            and amount.
        without_price: Calls that the price book has no price for.
        failed: Calls that failed and cost nothing.
        out_of_scope: Charges that are no model usage: provider, currency, rows and amount.
        overlap: Calls that two meters saw.
        notes: What else a reader must know.
    """

    without_bill: tuple[tuple[str, str, str, Decimal], ...]
    without_meter: tuple[tuple[str, str, Decimal], ...]
    without_price: int
    failed: int
    out_of_scope: tuple[tuple[str, str, int, Decimal], ...]
    overlap: Overlap
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Reconciliation:
    """The answer. Its lines are the temporary table ``reconcile_lines`` of the ledger's engine."""

    ledger: Ledger
    question: ReconcileQuestion
    totals: tuple[Totals, ...]
    blind: Blind
    price_snapshot_id: str

    def by(self, dimensions: Sequence[str]) -> tuple[Totals, ...]:
        """Return sums by dimension, the largest gap first.

        Args:
            dimensions: Of ``DIMENSIONS``.

        Raises:
            ConfigError: One of them is not known.
        """
        for name in dimensions:
            if name not in DIMENSIONS:
                raise ConfigError(
                    f"reconciliation lines have no {name!r}", hint=near_names(name, DIMENSIONS)
                )
        return _totals(self.ledger, dimensions)


def reconcile(
    ledger: Ledger,
    question: ReconcileQuestion,
    book: PriceBook,
    *,
    rates: ExchangeRates | None = None,
) -> Reconciliation:
    """Return every line of the period with its gap taken apart.

    Args:
        ledger: Opened with a day to spare on both sides of the period.
        question: What is asked.
        book: To tell whose price a bill's price is.
        rates: The user's exchange rates, for bills in a currency that carry no rate.
    """
    overlap = merge_meters(ledger, question.period)
    prepared = gather(ledger, question, rates)
    compare(ledger, question, book)
    return Reconciliation(
        ledger=ledger,
        question=question,
        totals=_totals(ledger, ()),
        blind=_blind(ledger, overlap, prepared.notes),
        price_snapshot_id=book.snapshot_id,
    )


def _totals(ledger: Ledger, dimensions: Sequence[str]) -> tuple[Totals, ...]:
    keys = [f"{DIMENSIONS[name]} AS key_{name}" for name in dimensions]
    causes = [f"sum(gap_{cause.name})" for cause in CAUSES]
    statuses = ("matched", "metered_only", "billed_only", "price_gap", "quantity_gap")
    counted = [f"count(*) FILTER (status = '{name}')" for name in statuses]
    order = "".join(f", key_{name}" for name in dimensions)
    rows = ledger.rows(
        f"""SELECT {"".join(key + ", " for key in keys)} currency, count(*),
          sum(metered_cost), sum(vendor_cost), sum(billed_cost), sum(gap_cost),
          count(*) FILTER (is_preliminary), {", ".join(causes)}, {", ".join(counted)}
        FROM reconcile_lines
        GROUP BY ALL
        ORDER BY abs(coalesce(sum(gap_cost), 0)) DESC, sum(billed_cost) DESC NULLS LAST{order}"""
    )
    width = len(dimensions)
    return tuple(_one(row, dimensions, statuses, width) for row in rows)


def _one(
    row: tuple[object, ...], dimensions: Sequence[str], statuses: Sequence[str], width: int
) -> Totals:
    def amount(value: object) -> Decimal | None:
        return value if isinstance(value, Decimal) else None

    head, rest = row[width : width + 7], row[width + 7 :]
    causes = {
        cause.name: amount(value) or _ZERO
        for cause, value in zip(CAUSES, rest[: len(CAUSES)], strict=True)
    }
    counts = (int(str(value)) for value in rest[len(CAUSES) :])
    return Totals(
        key={
            name: None if value is None else str(value)
            for name, value in zip(dimensions, row[:width], strict=True)
        },
        currency=str(head[0]),
        lines=int(str(head[1])),
        metered_cost=amount(head[2]),
        vendor_cost=amount(head[3]),
        billed_cost=amount(head[4]),
        gap_cost=amount(head[5]),
        preliminary_lines=int(str(head[6])),
        causes=causes,
        statuses=dict(zip(statuses, counts, strict=True)),
    )


def _blind(ledger: Ledger, overlap: Overlap, notes: tuple[str, ...]) -> Blind:
    def money(value: object) -> Decimal:
        return value if isinstance(value, Decimal) else _ZERO

    without_bill = ledger.rows(
        """SELECT provider, strftime(interval_start, '%Y-%m'), currency, sum(metered_cost)
        FROM reconcile_lines WHERE grade IS NULL AND metered_quantity IS NOT NULL GROUP BY ALL ORDER BY ALL"""
    )
    without_meter = ledger.rows(
        """SELECT provider, currency, sum(billed_cost) FROM reconcile_lines
        WHERE provider NOT IN (SELECT provider FROM reconcile_meter_rows) GROUP BY ALL ORDER BY ALL"""
    )
    calls = ledger.rows("SELECT sum(unpriced_calls), sum(failed_calls) FROM reconcile_lines")[0]
    others = ledger.rows(
        """SELECT provider, currency, sum(row_count), sum(billed) FROM reconcile_bill_rows
        WHERE NOT is_in_scope GROUP BY ALL ORDER BY ALL"""
    )
    return Blind(
        without_bill=tuple((str(p), str(m), str(c), money(a)) for p, m, c, a in without_bill),
        without_meter=tuple((str(p), str(c), money(a)) for p, c, a in without_meter),
        without_price=int(str(calls[0] or 0)),
        failed=int(str(calls[1] or 0)),
        out_of_scope=tuple((str(p), str(c), int(str(n)), money(a)) for p, c, n, a in others),
        overlap=overlap,
        notes=notes,
    )

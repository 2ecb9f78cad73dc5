"""What the last `centavo reconcile` found, from the lines that it kept: nothing is compared anew."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files
from typing import cast

from centavo.ledger.ledger import Ledger
from centavo.money import EXACT, Money
from centavo.reconciliation.causes import CAUSES, OPEN_CAUSES

__all__ = ["KeptTotal", "kept_at", "kept_totals"]


@dataclass(frozen=True)
class KeptTotal:
    """One provider's lines of one grade and currency.

    Attributes:
        provider: By one name for bills and meters.
        grade: ``billed`` or ``vendor_reported``: what the meter is held against; ``None`` without either.
        held: On the bill, or by the vendor's report; ``None`` where there is neither.
        metered: Of lines that have it.
        gap: ``held`` minus ``metered``.
        without_bill: Metered cost that nothing is held against.
        causes: Amount by cause; they add up to the gap exactly.
        is_preliminary: Whether a bill may still change.
        first: First moment of a line.
        end: Last moment, excluded.
    """

    provider: str
    grade: str | None
    held: Money | None
    metered: Money | None
    gap: Money | None
    without_bill: Money | None
    causes: Mapping[str, Money]
    is_preliminary: bool
    first: datetime
    end: datetime

    @property
    def open_gap(self) -> Money | None:
        """What somebody must look at: the size of the causes that do not explain themselves."""
        if self.gap is None:
            return None
        total = Decimal(0)
        for name in OPEN_CAUSES:
            if name in self.causes:
                total = EXACT.add(total, abs(self.causes[name].amount))
        return Money(total, self.gap.currency)


def kept_totals(ledger: Ledger) -> tuple[KeptTotal, ...]:
    """Return the totals, the largest bill first; none where nobody has reconciled."""
    names = [cause.name for cause in CAUSES]
    sums = ", ".join(f"sum(gap_{name})" for name in names)
    sql = files("centavo.reconciliation").joinpath("sql", "kept_totals.sql").read_text("utf-8")
    return tuple(_total(row, names) for row in ledger.rows(sql.format(causes=sums)))


def kept_at(ledger: Ledger) -> tuple[datetime | None, bool]:
    """Return when lines were kept last, and whether bills or meters have changed since."""
    moments = {
        name: max((s.committed_at_ms for s in ledger.plans[name].snapshots), default=0)
        for name in ("reconciliation_lines", "charges", "usage_events", "usage_aggregates")
    }
    at = moments.pop("reconciliation_lines")
    when = datetime.fromtimestamp(at / 1000, UTC) if at else None
    return when, any(moment > at for moment in moments.values())


def _total(row: tuple[object, ...], names: list[str]) -> KeptTotal:
    provider, grade, currency, held, metered, gap, without, preliminary, first, end, *sums = row

    def money(amount: object) -> Money | None:
        return Money(amount, str(currency)) if isinstance(amount, Decimal) else None

    causes = {name: money(amount) for name, amount in zip(names, sums, strict=True)}
    return KeptTotal(
        provider=str(provider),
        grade=None if grade is None else str(grade),
        held=money(held),
        metered=money(metered),
        gap=money(gap),
        without_bill=money(without),
        causes={name: part for name, part in causes.items() if part is not None and part.amount},
        is_preliminary=bool(preliminary),
        first=cast("datetime", first),
        end=cast("datetime", end),
    )

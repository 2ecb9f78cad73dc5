"""Which bills may still change: their billing period is open, or too young to be complete.

What the FOCUS Billing Period dataset says of a period decides; without it, bills restate
themselves for about ten days after a month has ended (docs/concepts.md).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from centavo.ledger.ledger import Ledger
from centavo.ledger.provider_names import provider_id

__all__ = ["LATE_ROWS_DAYS", "PreliminaryRows", "preliminary_months", "preliminary_rows"]

LATE_ROWS_DAYS = 10


@dataclass(frozen=True)
class PreliminaryRows:
    """Charges of one issuer and billing period that may still change.

    Attributes:
        issuer: As the charges spell it; ``None`` where they do not.
        month: First day of the billing period, ``YYYY-MM-DD``.
        rows: Billed charges.
        reason: ``open`` as stated, or ``late``: not ten days past its end, and nothing stated.
    """

    issuer: str | None
    month: str
    rows: int
    reason: Literal["open", "late"]


def preliminary_rows(ledger: Ledger, now: datetime) -> tuple[PreliminaryRows, ...]:
    """Return the billed charges that are preliminary, by issuer and billing period.

    Args:
        ledger: Opened at the moment to answer from.
        now: The clock, aware.
    """
    # An open row of an issuer and month wins over a closed one.
    is_open = {
        (provider_id(str(issuer)), start): bool(stated)
        for issuer, start, stated in _sorted_by_last(
            ledger.rows(
                "SELECT InvoiceIssuerName, BillingPeriodStart,"
                " bool_or(lower(BillingPeriodStatus) = 'open') FROM billing_periods"
                " WHERE lower(BillingPeriodStatus) IN ('open', 'closed') GROUP BY ALL"
            )
        )
    }
    charged = ledger.rows(
        "SELECT coalesce(InvoiceIssuerName, ServiceProviderName), BillingPeriodStart, count(*)"
        " FROM charges WHERE x_CostBasis = 'billed' GROUP BY ALL ORDER BY ALL"
    )
    found: list[PreliminaryRows] = []
    for issuer, start, rows in charged:
        if not isinstance(start, datetime):
            continue
        name = None if issuer is None else str(issuer)
        stated = is_open.get((provider_id(name), start))
        is_late = _next_month(start) + timedelta(days=LATE_ROWS_DAYS) > now.replace(tzinfo=None)
        if is_late if stated is None else stated:
            reason = "late" if stated is None else "open"
            found.append(PreliminaryRows(name, f"{start:%Y-%m-%d}", int(str(rows)), reason))
    return tuple(found)


def preliminary_months(ledger: Ledger, now: datetime) -> frozenset[tuple[str, date]]:
    """Return the providers, as costs name them, and first days of months whose bills may still change.

    Args:
        ledger: Opened at the moment to answer from.
        now: The clock, aware.
    """
    open_months = {(rows.issuer, rows.month) for rows in preliminary_rows(ledger, now)}
    charged = ledger.rows(
        "SELECT DISTINCT coalesce(InvoiceIssuerName, ServiceProviderName), BillingPeriodStart,"
        " ServiceProviderName FROM charges WHERE x_CostBasis = 'billed'"
    )
    return frozenset(
        (str(provider or ""), start.date().replace(day=1))
        for issuer, start, provider in charged
        if isinstance(start, datetime)
        and (None if issuer is None else str(issuer), f"{start:%Y-%m-%d}") in open_months
    )


def _sorted_by_last(rows: Sequence[tuple[object, ...]]) -> list[tuple[object, ...]]:
    """Return the rows whose last value is false before those whose last value is true."""
    return sorted(rows, key=lambda row: bool(row[-1]))


def _next_month(start: datetime) -> datetime:
    return (start.replace(day=1) + timedelta(days=32)).replace(day=1)

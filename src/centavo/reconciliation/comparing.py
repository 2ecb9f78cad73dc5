"""From the three sides to lines: cells, moves of tokens, causes of cost, lines."""

from datetime import timedelta

from centavo.ledger.ledger import Ledger
from centavo.period import Period
from centavo.pricing import PriceBook
from centavo.reconciliation.causes import CAUSES
from centavo.reconciliation.frames import find_frames
from centavo.reconciliation.preparing import read_sql
from centavo.reconciliation.price_reasons import explain_prices
from centavo.reconciliation.question import LATE_ROWS_DAYS, ReconcileQuestion

__all__ = ["compare"]

_AMOUNT = "DECIMAL(38,12)"
# A price per million tokens, and millions of tokens: their product is exact in 36 digits.
_PRICE = "DECIMAL(18,9)"
_MILLIONS = "DECIMAL(18,6)"
_SUMS = (
    "utc_cost", "utc_quantity", "frame_cost", "priced_quantity", "free_quantity",
    "lost_quantity", "error_quantity", "vendor_quantity", "vendor_cost",
    "vendor_charge_quantity", "vendor_charge_cost", "tolerance", "billed_cost",
    "billed_quantity", "listed", "contracted", "billed_usage", "tax", "fee", "credit",
    "rounding_rows", "long_quantity", "long_listed", "regional_quantity", "regional_listed",
    "held_quantity", "held_listed", "vendor_held_quantity", "metered_held",
    "short_quantity", "short_listed", "base_quantity", "base_listed",
)  # fmt: skip
_COUNTS = (
    "calls", "unpriced_calls", "lost_calls", "blind_calls", "repeated_calls", "error_calls",
    "counted_calls", "bill_rows",
)  # fmt: skip
# Cost column of a move -> its count of tokens.
_MOVES = {
    "cost_tier": "move_tier",
    "cost_cache": "move_cache",
    "cost_day": "move_day",
    "cost_retry": "move_retry",
    "cost_late": "move_late",
    "cost_uncaptured": "move_uncaptured",
    "cost_unknown": "move_unknown",
}
_QUANTITY_CAUSES = (
    "uncaptured_traffic", "retry_or_error", "cache_class", "time_zone", "late_rows", "unknown"
)  # fmt: skip
_PRICE_CAUSES = ("context_or_tier", "regional_premium", "no_price", "price_disagreement")


def compare(ledger: Ledger, question: ReconcileQuestion, book: PriceBook) -> None:
    """Make the temporary tables ``reconcile_causes`` (by cell) and ``reconcile_lines``."""
    _know_bills(ledger, question)
    find_frames(ledger, question)
    ledger.rows(_cells_sql(question))
    judged = read_sql("judged_cells").format(late_days=LATE_ROWS_DAYS)
    ledger.rows(
        read_sql("moves").format(
            cells=f"({judged})",
            tier_move=_move_along("shift_tier"),
            cache_move=_move_along("shift_cache"),
        )
    )
    ledger.rows(read_sql("priced").format(price=_PRICE))
    explain_prices(ledger, book)
    ledger.rows(_causes_sql())
    ledger.rows(_lines_sql(question))


def _know_bills(ledger: Ledger, question: ReconcileQuestion) -> None:
    """Make ``reconcile_bills`` and ``reconcile_months``: where bills end and what may still come."""
    now = f"TIMESTAMP '{question.now.replace(tzinfo=None):%F %T}'"
    ledger.rows(
        """CREATE OR REPLACE TEMP TABLE reconcile_bills AS
        SELECT provider, min(day) AS first_day, max(day) AS last_day,
          max(exported_at)::DATE AS exported_day, min(basis) AS grade
        FROM reconcile_bill_rows WHERE is_in_scope AND kind = 'usage' AND is_reference GROUP BY ALL"""
    )
    ledger.rows(
        f"""CREATE OR REPLACE TEMP TABLE reconcile_months AS
        WITH stated AS (
          SELECT BillingPeriodStart, InvoiceIssuerName, max(lower(BillingPeriodStatus)) AS status
          FROM billing_periods GROUP BY ALL
        ),
        months AS (
          SELECT provider, date_trunc('month', day)::DATE AS month, true AS has_rows
          FROM reconcile_bill_rows WHERE is_in_scope AND is_reference
          UNION ALL
          SELECT provider, date_trunc('month', utc_day)::DATE, false FROM reconcile_meter_rows
        )
        SELECT provider, month, bool_or(has_rows) AS has_rows,
          CASE
            WHEN bool_or(stated.status = 'open') THEN true
            WHEN bool_or(stated.status = 'closed') THEN false
            ELSE any_value(month + INTERVAL 1 MONTH + INTERVAL {LATE_ROWS_DAYS} DAY > {now})
          END AS is_open
        FROM months
        LEFT JOIN (
          SELECT stated.*, names.provider AS issuer FROM stated
          JOIN (SELECT DISTINCT spelled_provider, provider FROM reconcile_names) AS names
            ON names.spelled_provider = stated.InvoiceIssuerName
        ) AS stated ON stated.issuer = months.provider AND date_trunc('month', stated.BillingPeriodStart) = months.month
        GROUP BY provider, month"""
    )


def _cells_sql(question: ReconcileQuestion) -> str:
    units = " ".join(f"WHEN {n} THEN {10.0**-n:.{n}f}" for n in (2, 4, 6, 8, 10, 12))
    sums = [f"sum({name})::{_AMOUNT} AS {name}" for name in _SUMS]
    sums += [f"sum({name})::BIGINT AS {name}" for name in _COUNTS]
    sums.append("sum(squares) AS squares")
    sums.append("any_value(line_grain) AS line_grain")
    return read_sql("cells").format(
        bill_day="billing_month" if question.by_invoice else "r.day",
        last_unit=f"CASE max(decimals) OVER (PARTITION BY r.provider, r.raw_account, r.currency) {units} END",
        utc_within=_days_within(question.period, "utc_day"),
        member_within=_days_within(question.period, "member_day"),
        vendor_within=_days_within(question.period, "day"),
        sums=",\n  ".join(sums),
    )


def _days_within(period: Period, column: str) -> str:
    """Return the condition that a day begins within the period."""
    conditions = ["true"]
    if period.since:
        conditions.append(f"{column} >= DATE '{period.since:%F}'")
    if period.until:
        last = period.until - timedelta(microseconds=1)
        conditions.append(f"{column} <= DATE '{last:%F}'")
    return " AND ".join(conditions)


def _move_along(shift: str) -> str:
    """Return SQL of a cell's part in what moves between the cells of its window; tokens, not money."""
    moved = "least(surplus, deficit)"
    return (
        f"CASE WHEN {moved} <= 0 THEN 0 WHEN {shift} > 0 "
        f"THEN {shift}::DOUBLE * {moved} / surplus "
        f"ELSE {shift}::DOUBLE * {moved} / deficit END::{_AMOUNT}"
    )


def _times(price: str, tokens: str) -> str:
    """Return SQL of so many tokens at a price per million, to the 12th decimal."""
    # 18 digits times 18 digits would be computed in 18 digits.
    return f"({price}::DECIMAL(38,9) * ({tokens} * 0.000001)::{_MILLIONS})::{_AMOUNT}"


def _causes_sql() -> str:
    moves = [f"{_times('price', tokens)} AS {cost}" for cost, tokens in _MOVES.items()]
    return read_sql("causes").format(
        moves=",\n    ".join(moves),
        no_price=_times("coalesce(bill_price, 0)", "coalesce(free_quantity, 0)"),
        regional_base=_times("base_price", "regional_quantity"),
        long_base=_times("short_price", "long_quantity"),
        held_above=_times("(held_price - brief_price)", "move_held"),
        held=_toward("price_gap", "held_above"),
        premium=_toward("gap_premium", "premium"),
        context=_toward("gap_context", "long_above"),
    )


def _toward(gap: str, part: str) -> str:
    """Return SQL of as much of a part as the gap has, and only where both have one sign."""
    return (
        f"(CASE WHEN {gap} > 0 THEN least({gap}, greatest({part}, 0)) "
        f"WHEN {gap} < 0 THEN greatest({gap}, least({part}, 0)) ELSE 0 END)::{_AMOUNT}"
    )


def _lines_sql(question: ReconcileQuestion) -> str:
    names = [f"gap_{cause.name}" for cause in CAUSES]
    causes = [f"sum({name}) FILTER (has_reference)::{_AMOUNT} AS {name}" for name in names]

    def total(parts: tuple[str, ...]) -> str:
        return " + ".join(f"gap_{part}" for part in parts)

    return read_sql("lines").format(
        causes=",\n    ".join(causes),
        cause_names=", ".join(names),
        quantity_causes=total(_QUANTITY_CAUSES),
        price_causes=total(_PRICE_CAUSES),
        share=question.tolerance.share,
        amount=question.tolerance.amount,
    )

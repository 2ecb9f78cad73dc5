"""A reconciliation in words and in JSON: causes, and what could not be compared."""

from collections.abc import Sequence
from decimal import Decimal

from centavo.cli.output import amount_text
from centavo.money import Money
from centavo.reconciliation import CAUSES, LATE_ROWS_DAYS, Blind, Reconciliation, Totals

__all__ = ["as_json", "blind_lines", "cause_lines"]

_SHOWN = 4


def cause_lines(total: Totals) -> list[str]:
    """Return one line for each cause that has an amount, the largest first."""
    found = [cause for cause in CAUSES if total.causes[cause.name]]
    found.sort(key=lambda cause: abs(total.causes[cause.name]), reverse=True)
    amounts = {cause.name: amount_text(total.causes[cause.name], 2) or "" for cause in found}
    width = max((len(text) for text in amounts.values()), default=0)
    title = max((len(cause.title) for cause in found), default=0)
    return [
        f"  {amounts[cause.name]:>{width}} {total.currency}  {cause.title:<{title}}  {cause.doc}"
        for cause in found
    ]


def blind_lines(report: Reconciliation) -> list[str]:
    """Return the coverage: what had no bill, no meter, no price, and what is still preliminary."""
    blind = report.blind
    lines = [f"Coverage: {', '.join(_coverage(report))}."]
    lines += _listed(
        "No bill here for what was metered",
        [f"{p} {m} {_money(a, c)}" for p, m, c, a in blind.without_bill],
    )
    lines += _listed(
        "No meter saw anything of", [f"{p} {_money(a, c)}" for p, c, a in blind.without_meter]
    )
    lines += _listed(
        "Not model usage, so left out",
        [f"{p} {_money(a, c)} in {n:,} rows" for p, c, n, a in blind.out_of_scope],
    )
    preliminary = sum(total.preliminary_lines for total in report.totals)
    if preliminary:
        lines.append(
            f"Preliminary: {preliminary:,} lines are of months that are open or ended less than "
            f"{LATE_ROWS_DAYS} days ago; their bills may still change."
        )
    return [*lines, *blind.notes]


def _coverage(report: Reconciliation) -> list[str]:
    blind = report.blind
    lines = sum(total.lines for total in report.totals)
    matched = sum(total.statuses["matched"] for total in report.totals)
    parts = [f"{matched:,} of {lines:,} lines match"]
    if blind.without_price:
        parts.append(f"{blind.without_price:,} calls without a price")
    if blind.failed:
        parts.append(f"{blind.failed:,} failed calls that cost nothing at the meter")
    if blind.overlap.calls:
        repeated = [_money(a, c) for c, a in (blind.overlap.cost or {}).items()]
        cost = f" ({' and '.join(repeated)} not counted twice)" if repeated else ""
        parts.append(f"{blind.overlap.calls:,} calls were seen by two meters{cost}")
    return parts


def _listed(title: str, entries: Sequence[str]) -> list[str]:
    if not entries:
        return []
    more = f"; {len(entries) - _SHOWN} more" if len(entries) > _SHOWN else ""
    return [f"{title}: {'; '.join(entries[:_SHOWN])}{more}."]


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount_text(amount, 2)} {currency}"


def as_json(
    report: Reconciliation, parts: Sequence[Totals], *, changed: int | None
) -> dict[str, object]:
    """Return the report as JSON; money as strings.

    Args:
        report: The answer.
        parts: The rows to show.
        changed: Lines that changed in the ledger; ``None`` when nothing was to be saved.
    """
    question = report.question
    period = question.period
    return {
        "schema": "centavo.reconcile/1",
        "since": period.since.isoformat() if period.since else None,
        "until": period.until.isoformat() if period.until else None,
        "by_invoice": question.by_invoice,
        "totals": [_totals_json(total) for total in report.totals],
        "rows": [{"key": dict(part.key), **_totals_json(part)} for part in parts],
        "coverage": _blind_json(report.blind),
        "price_snapshot_id": report.price_snapshot_id,
        "lines_changed": changed,
    }


def _totals_json(total: Totals) -> dict[str, object]:
    def money(amount: Decimal | None) -> dict[str, str] | None:
        return None if amount is None else Money(amount, total.currency).as_json()

    return {
        "metered_cost": money(total.metered_cost),
        "vendor_cost": money(total.vendor_cost),
        "billed_cost": money(total.billed_cost),
        "gap": money(total.gap_cost),
        "open_gap": money(total.open_gap),
        "causes": {name: money(amount) for name, amount in total.causes.items()},
        "lines": total.lines,
        "statuses": total.statuses,
        "preliminary_lines": total.preliminary_lines,
    }


def _blind_json(blind: Blind) -> dict[str, object]:
    return {
        "without_bill": [
            {"provider": p, "month": m, "metered_cost": Money(a, c).as_json()}
            for p, m, c, a in blind.without_bill
        ],
        "without_meter": [
            {"provider": p, "billed_cost": Money(a, c).as_json()} for p, c, a in blind.without_meter
        ],
        "calls_without_price": blind.without_price,
        "failed_calls": blind.failed,
        "out_of_scope": [
            {"provider": p, "rows": n, "billed_cost": Money(a, c).as_json()}
            for p, c, n, a in blind.out_of_scope
        ],
        "calls_seen_twice": blind.overlap.calls,
        "cost_not_counted_twice": [
            Money(a, c).as_json() for c, a in (blind.overlap.cost or {}).items()
        ],
        "notes": list(blind.notes),
    }

"""The month's bill: whether it can prove anything yet, and what it asks for one unit of the book's price."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

from centavo.ledger.exchange import ExchangeRates
from centavo.ledger.ledger import Ledger
from centavo.ledger.preliminary import LATE_ROWS_DAYS
from centavo.ledger.provider_names import provider_id
from centavo.money import EXACT
from centavo.pricing import PriceBook
from centavo.reconciliation import ReconcileQuestion, Totals, reconcile
from centavo.reconciliation.causes import OPEN_CAUSES
from centavo.reconciliation.names import ModelNames
from centavo.savings.proof.question import ProofQuestion

__all__ = ["Bill", "read_bill"]

# What a unit costs more or less on the bill than in the book; the other causes are of other units.
_OF_PRICE = ("context_or_tier", "regional_premium", "price_disagreement", "discount_or_credit")
_OPEN_QUANTITY = tuple(name for name in OPEN_CAUSES if name not in _OF_PRICE)
MOST_OPEN = Decimal("0.05")
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Bill:
    """What the month's bill says of some providers.

    Attributes:
        billed: Of the providers; ``None`` where there is no bill.
        metered: What stands against it, at the price book.
        causes: The gap by cause, without those that are 0.
        open_share: Of the bill: tokens that one side has and the other has not, for no named reason.
        missing: Why it proves nothing yet; empty when it does.
    """

    billed: Decimal | None
    metered: Decimal
    causes: Mapping[str, Decimal]
    open_share: Decimal | None
    missing: tuple[str, ...]
    _factors: Mapping[tuple[str, str], Decimal]
    _names: ModelNames

    def factor(self, provider: str, model: str) -> Decimal:
        """Return what the bill asks for one unit of the book's price of a model: 1 where they agree.

        A model that the bill does not have takes its provider's factor.
        """
        maker = provider_id(provider)
        named = self._names.model(maker, model) or ""
        return self._factors.get((maker, named), self._factors.get((maker, ""), Decimal(1)))


def read_bill(
    ledger: Ledger,
    question: ProofQuestion,
    providers: Sequence[str],
    *,
    book: PriceBook,
    rates: ExchangeRates | None = None,
) -> Bill:
    """Return the bill of the providers for the question's month, reconciled with the meter.

    Args:
        ledger: Opened with a day to spare on both sides of the month.
        question: Month, currency and the user's names.
        providers: Of the scope, as in ``usage_events``.
        book: Prices.
        rates: The user's exchange rates.
    """
    month = question.billing_month
    asked = ReconcileQuestion(
        now=question.now, period=month, accounts=question.accounts, models=question.models
    )
    report = reconcile(ledger, asked, book, rates=rates)
    makers = {provider_id(each) for each in providers}
    rows = [
        each
        for each in report.by(("provider", "model"))
        if each.key["provider"] in makers and each.currency == question.currency
    ]
    billed = [each for each in rows if each.billed_cost is not None]
    total = _total(each.billed_cost or _ZERO for each in billed)
    causes = {
        name: amount
        for name in (billed[0].causes if billed else ())
        if (amount := _total(each.causes[name] for each in billed))
    }
    unnamed = _total(abs(each.causes[name]) for each in billed for name in _OPEN_QUANTITY)
    share = EXACT.divide(unnamed, total) if total > 0 else None
    missing = [
        *_without_bill(makers, billed, question),
        *_still_open(ledger, makers, billed, question),
        *_too_far_apart(share),
    ]
    return Bill(
        total if billed else None,
        _total(each.compared_cost for each in billed),
        causes,
        share,
        tuple(missing),
        _factors(billed),
        ModelNames(question.models),
    )


def _without_bill(makers: set[str], billed: Sequence[Totals], question: ProofQuestion) -> list[str]:
    known = {each.key["provider"] for each in billed}
    return [
        f"no bill of {maker} in {question.currency} for {question.month:%Y-%m} is in the ledger"
        for maker in sorted(makers - known)
    ]


def _still_open(
    ledger: Ledger, makers: set[str], billed: Sequence[Totals], question: ProofQuestion
) -> list[str]:
    """Say what keeps the month's bills from being final: stated open, too young, or read too early."""
    if not billed:
        return []
    settled = datetime.combine(question.days[1], time(), UTC) + timedelta(days=LATE_ROWS_DAYS)
    stated = _stated(ledger, makers, question)
    if "open" in stated:
        return [f"the billing period {question.month:%Y-%m} is open"]
    if stated:
        return []
    if question.now < settled:
        return [
            f"late rows of {question.month:%Y-%m} may come until {settled:%Y-%m-%d}"
            " (10 days after the month)"
        ]
    read = _last_read(ledger, makers, question)
    if read is not None and read < settled:
        return [
            f"the bill of {question.month:%Y-%m} was read on {read:%Y-%m-%d}, before its late rows had"
            f" stopped ({settled:%Y-%m-%d}): read it again"
        ]
    return []


def _stated(ledger: Ledger, makers: set[str], question: ProofQuestion) -> set[str]:
    """Return what the FOCUS Billing Period dataset says of the month."""
    rows = ledger.rows(
        "SELECT InvoiceIssuerName, lower(BillingPeriodStatus) FROM billing_periods"
        " WHERE BillingPeriodStart::DATE = ? AND lower(BillingPeriodStatus) IN ('open', 'closed')",
        [question.month],
    )
    return {str(status) for issuer, status in rows if provider_id(_text(issuer)) in makers}


def _last_read(ledger: Ledger, makers: set[str], question: ProofQuestion) -> datetime | None:
    """Return when the providers' charges of the month were last read; ``None`` where nothing tells."""
    rows = ledger.rows(
        "SELECT coalesce(InvoiceIssuerName, ServiceProviderName), max(ingested_at) FROM charges"
        " JOIN batches ON batch_id = x_IngestionBatchId"
        " WHERE BillingPeriodStart::DATE = ? AND x_CostBasis = 'billed' GROUP BY ALL",
        [question.month],
    )
    read = [
        at.replace(tzinfo=UTC)
        for issuer, at in rows
        if isinstance(at, datetime) and provider_id(_text(issuer)) in makers
    ]
    return min(read, default=None)


def _too_far_apart(share: Decimal | None) -> list[str]:
    if share is None or share <= MOST_OPEN:
        return []
    return [
        f"meter and bill differ by {100 * share:.1f} % of the bill for reasons that nobody has named:"
        " centavo reconcile"
    ]


def _factors(billed: Sequence[Totals]) -> dict[tuple[str, str], Decimal]:
    found: dict[tuple[str, str], Decimal] = {}
    whole: dict[str, list[Totals]] = {}
    for each in billed:
        maker = each.key["provider"] or ""
        whole.setdefault(maker, []).append(each)
        factor = _factor([each])
        if each.key["model"] and factor is not None:
            found[maker, each.key["model"]] = factor
    for maker, rows in whole.items():
        factor = _factor(rows)
        if factor is not None:
            found[maker, ""] = factor
    return found


def _factor(rows: Sequence[Totals]) -> Decimal | None:
    metered = _total(each.compared_cost for each in rows)
    moved = _total(each.causes[name] for each in rows for name in _OF_PRICE)
    return EXACT.divide(EXACT.add(metered, moved), metered) if metered > 0 else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _total(amounts: Iterable[Decimal]) -> Decimal:
    total = _ZERO
    for amount in amounts:
        total = EXACT.add(total, amount)
    return total

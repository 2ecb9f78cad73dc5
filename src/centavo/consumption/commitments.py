"""What is committed, what of it was used and what was paid for nothing.

Commitments are those of FOCUS's Contract Commitment dataset; those that only charges speak of are
derived from them. Costs are those of billed charges, amortised.
"""

from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import Literal

from centavo.ledger.column import Column
from centavo.ledger.ledger import Ledger
from centavo.ledger.schema import TABLES
from centavo.money import EXACT
from centavo.period import Period

__all__ = ["Commitment", "CommitmentTotal", "commitment_rows", "commitment_totals", "commitments"]

_ZERO = Decimal(0)
_PAYMENT_MODELS = "'No Upfront', 'Partial Upfront', 'All Upfront'"
# FOCUS writes "1 Year" and "3 Months"; AWS writes 1yr and 3-month.
_DURATION = (
    "regexp_extract(duration, '^\\d+') || CASE"
    " WHEN regexp_full_match(lower(duration), '\\d+[ -]?y(ea)?r?s?') THEN ' Year'"
    " WHEN regexp_full_match(lower(duration), '\\d+[ -]?months?') THEN ' Month' END"
    " || CASE WHEN regexp_extract(duration, '^\\d+') = '1' THEN '' ELSE 's' END"
)


@dataclass(frozen=True)
class Commitment:
    """One commitment in one currency.

    Attributes:
        commitment_id: ContractCommitmentId or CommitmentDiscountId.
        origin: ``contract`` where a contract dataset has it, else ``charges``.
        provider: Who sells it.
        name: Or description.
        type: In the provider's words.
        category: Spend or Usage.
        currency: Of every amount; ``None`` for a commitment to a quantity without charges.
        period_start: First day of its term, ``YYYY-MM-DD``.
        period_end: End of its term, excluded.
        committed_cost: As the contract says.
        committed_quantity: As the contract says, in ``unit``.
        purchased_cost: Billed for the commitment itself.
        used_cost: Amortised cost of usage that it covered.
        unused_cost: Amortised cost of what nobody used; ``None`` where charges do not say.
        used_quantity: In ``unit``.
        unused_quantity: In ``unit``.
        unit: Of the quantities; ``None`` where there are several.
        charges: Rows that speak of it.
        first_day: Of those charges.
        last_day: Of those charges.
    """

    commitment_id: str
    origin: Literal["contract", "charges"]
    provider: str | None
    name: str | None
    type: str | None
    category: str | None
    currency: str | None
    period_start: str | None
    period_end: str | None
    committed_cost: Decimal | None
    committed_quantity: Decimal | None
    purchased_cost: Decimal | None
    used_cost: Decimal | None
    unused_cost: Decimal | None
    used_quantity: Decimal | None
    unused_quantity: Decimal | None
    unit: str | None
    charges: int
    first_day: str | None
    last_day: str | None

    @property
    def used_share(self) -> Decimal | None:
        """Used of used and unused cost, 0 to 1; ``None`` where that is unknown or nothing."""
        if self.used_cost is None or self.unused_cost is None:
            return None
        whole = EXACT.add(self.used_cost, self.unused_cost)
        return EXACT.divide(self.used_cost, whole) if whole else None


@dataclass(frozen=True)
class CommitmentTotal:
    """Sums over the commitments of one currency that charges speak of; what is unknown is in no sum."""

    currency: str
    commitments: int
    purchased_cost: Decimal
    used_cost: Decimal
    unused_cost: Decimal


def commitments(ledger: Ledger, period: Period) -> tuple[Commitment, ...]:
    """Return the commitments, the largest unused cost first.

    Args:
        ledger: Contracts, and charges of the period.
        period: Half-open; of charge periods. Contracts are all there, whatever their term.
    """
    derive(ledger, period)
    rows = ledger.rows(_sql("commitment_list"))
    return tuple(_commitment(row) for row in rows)


def commitment_totals(found: tuple[Commitment, ...]) -> tuple[CommitmentTotal, ...]:
    """Return one sum for each currency that charges have."""
    totals: list[CommitmentTotal] = []
    for currency in sorted({each.currency for each in found if each.currency and each.charges}):
        own = [each for each in found if each.currency == currency and each.charges]
        totals.append(
            CommitmentTotal(
                currency,
                len(own),
                _sum([each.purchased_cost for each in own]),
                _sum([each.used_cost for each in own]),
                _sum([each.unused_cost for each in own]),
            )
        )
    return tuple(totals)


def derive(ledger: Ledger, period: Period) -> None:
    """Make the temporary table ``charged_commitments``: what charges say of each commitment."""
    conditions = ["true"]
    if period.since:
        conditions.append(f"ChargePeriodStart >= TIMESTAMP '{period.since:%F %T}'")
    if period.until:
        conditions.append(f"ChargePeriodStart < TIMESTAMP '{period.until:%F %T}'")
    select = _sql("commitments").format(within=" AND ".join(conditions))
    ledger.rows(f"CREATE OR REPLACE TEMP TABLE charged_commitments AS {select}")


def commitment_rows(ledger: Ledger, period: Period) -> str:
    """Return SQL of rows of ``contract_commitments``: those of contracts, then the derived ones.

    What charges do not say of a derived commitment is NULL.
    """
    derive(ledger, period)
    known = {
        "BillingCurrency": "currency",
        "ContractCommitmentCategory": "category",
        "ContractCommitmentDescription": "name",
        "ContractCommitmentDurationType": _DURATION,
        "ContractCommitmentId": "commitment_id",
        "ContractCommitmentPaymentModel": (
            f"CASE WHEN payment_model IN ({_PAYMENT_MODELS}) THEN payment_model END"
        ),
        "ContractCommitmentPeriodEnd": "period_end",
        "ContractCommitmentPeriodStart": "period_start",
        "ContractCommitmentType": "type",
        "ContractId": "contract_id",
        "InvoiceIssuerName": "issuer",
        "ServiceProviderName": "provider",
    }
    shown = ", ".join(_derived(column, known) for column in TABLES["contract_commitments"])
    return (
        f"FROM contract_commitments UNION ALL BY NAME SELECT {shown} FROM charged_commitments"
        " WHERE commitment_id NOT IN (SELECT ContractCommitmentId FROM contract_commitments)"
    )


def _derived(column: Column, known: dict[str, str]) -> str:
    return f'CAST({known.get(column.name, "NULL")} AS {column.type}) AS "{column.name}"'


def _sql(name: str) -> str:
    return files("centavo.consumption").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")


def _commitment(row: tuple[object, ...]) -> Commitment:
    def text(value: object) -> str | None:
        return None if value is None else str(value)

    def amount(value: object) -> Decimal | None:
        return value if isinstance(value, Decimal) else None

    return Commitment(
        commitment_id=str(row[0]),
        origin="contract" if row[1] else "charges",
        provider=text(row[2]),
        name=text(row[3]),
        type=text(row[4]),
        category=text(row[5]),
        currency=text(row[6]),
        period_start=text(row[7]),
        period_end=text(row[8]),
        committed_cost=amount(row[9]),
        committed_quantity=amount(row[10]),
        purchased_cost=amount(row[11]),
        used_cost=amount(row[12]),
        unused_cost=amount(row[13]),
        used_quantity=amount(row[14]),
        unused_quantity=amount(row[15]),
        unit=text(row[16]),
        charges=int(str(row[17])),
        first_day=text(row[18]),
        last_day=text(row[19]),
    )


def _sum(amounts: list[Decimal | None]) -> Decimal:
    total = _ZERO
    for amount in amounts:
        total = EXACT.add(total, amount or _ZERO)
    return total

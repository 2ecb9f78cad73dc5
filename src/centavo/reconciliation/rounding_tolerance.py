"""How far the rounded lines of an invoice may be from its charges, by FOCUS's own formula."""

from decimal import Decimal

from centavo.money import EXACT

__all__ = ["rounding_tolerance"]

# ISO 4217: currencies whose smallest unit is not a hundredth.
_DECIMALS: dict[str, int] = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"), 0),
    **dict.fromkeys(("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


def rounding_tolerance(currency: str, rows: int) -> Decimal:
    """Return the amount by which an issued invoice may differ from the sum of its charges.

    ``max(100, sqrt(rows) / 2)`` times the currency's smallest unit.

    Source: FOCUS 1.4, Invoice Detail BilledCost and appendix Rounding Variance Tolerance.

    >>> rounding_tolerance("USD", 10), rounding_tolerance("USD", 1_000_000), rounding_tolerance("JPY", 1)
    (Decimal('1.00'), Decimal('5.00'), Decimal('100'))
    """
    unit = Decimal(1).scaleb(-_DECIMALS.get(currency, 2))
    half_root = EXACT.divide(EXACT.sqrt(Decimal(rows)), Decimal(2))
    return EXACT.multiply(max(Decimal(100), half_root), unit)

"""Money that never loses a digit and never mixes two currencies."""

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import total_ordering

from centavo.errors import CurrencyError

__all__ = ["EXACT", "LEDGER_DECIMALS", "Money", "currency_code"]

LEDGER_DECIMALS = Decimal("0.000000000001")
# Python's default of 28 digits would round sums of DECIMAL(38,12) in silence.
EXACT = Context(prec=76, rounding=ROUND_HALF_EVEN)


def currency_code(text: str) -> str:
    """Return the ISO 4217 code in upper case.

    Raises:
        CurrencyError: The text is not three Latin letters.

    >>> currency_code("brl")
    'BRL'
    """
    code = text.strip().upper()
    if len(code) != 3 or not (code.isascii() and code.isalpha()):
        raise CurrencyError(
            f"{text!r} is not a currency code", hint="Use the ISO 4217 code: USD, BRL, EUR …"
        )
    return code


@total_ordering
@dataclass(frozen=True)
class Money:
    """An exact amount in one currency.

    Adding, subtracting or comparing two currencies raises ``CurrencyError``.

    >>> Money(Decimal("0.1"), "USD") + Money(Decimal("0.2"), "USD")
    Money(amount=Decimal('0.3'), currency='USD')
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):  # pyright: ignore[reportUnnecessaryIsInstance] -- callers outside this project may not be type-checked
            raise TypeError(f"an amount of money is a Decimal, not {type(self.amount).__name__}")

    def __add__(self, other: "Money") -> "Money":
        return Money(EXACT.add(self.amount, self._same(other).amount), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(EXACT.subtract(self.amount, self._same(other).amount), self.currency)

    def __neg__(self) -> "Money":
        return Money(EXACT.minus(self.amount), self.currency)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other).amount

    def rounded(self, decimals: int = 2) -> "Money":
        """Return the amount rounded half to even; for ``cli`` and ``deliverables`` only."""
        step = Decimal(1).scaleb(-decimals)
        # Adding zero turns -0.00 into 0.00.
        return Money(EXACT.add(EXACT.quantize(self.amount, step), Decimal(0)), self.currency)

    def as_json(self) -> dict[str, str]:
        """Return ``{"amount": "…", "currency": "…"}``, the amount as plain decimal text.

        >>> Money(Decimal("1E-7"), "USD").as_json()
        {'amount': '0.0000001', 'currency': 'USD'}
        """
        plain = format(EXACT.add(EXACT.normalize(self.amount), Decimal(0)), "f")
        return {"amount": plain, "currency": self.currency}

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise CurrencyError(
                f"{self.currency} and {other.currency} cannot be added or compared",
                hint="Convert one of them with dated rates first.",
            )
        return other

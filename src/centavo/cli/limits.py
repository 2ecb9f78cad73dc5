"""What ``--fail-on`` says: an amount, in one currency or in any, or a percentage."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from centavo.errors import ConfigError

__all__ = ["Limit"]

_LIMIT = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*(%|[A-Za-z]{3})?\s*$")


@dataclass(frozen=True)
class Limit:
    """A limit on an amount.

    Attributes:
        text: As the user wrote it.
        number: Amount, or percent.
        unit: ``%``, a currency in upper case, or nothing for whatever currency.
    """

    text: str
    number: Decimal
    unit: str

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """Return the limit that the text says.

        Raises:
            ConfigError: It is neither an amount nor a percentage.

        >>> Limit.parse("2%").allowed("USD", whole=Decimal(50))
        Decimal('1')
        """
        found = _LIMIT.match(text)
        if not found:
            raise ConfigError(
                f"{text!r} is neither an amount nor a percentage", hint="Write 50, 50USD or 2%."
            )
        return cls(text, Decimal(found[1]), (found[2] or "").upper())

    def allowed(self, currency: str, *, whole: Decimal) -> Decimal | None:
        """Return the largest amount that passes; ``None`` where the limit is on another currency.

        Args:
            currency: Of the amount.
            whole: What a percentage is of.
        """
        if self.unit == "%":
            return self.number * abs(whole) / 100
        return self.number if self.unit in {"", currency} else None

    def unseen(self, currencies: Iterable[str]) -> tuple[str, ...]:
        """Return the sentence that nothing was held against the limit, where its currency is not there.

        >>> Limit.parse("1EUR").unseen(["USD"])
        ('--fail-on 1EUR was held against nothing: no amount is in EUR, but in USD.',)
        """
        there = sorted(set(currencies))
        if self.unit in {"", "%", *there} or not there:
            return ()
        listed = ", ".join(there)
        return (
            f"--fail-on {self.text} was held against nothing: no amount is in {self.unit}, but in {listed}.",
        )

"""A sized quantity: a value and the band that 90 % of measurements of its kind stay in."""

from dataclasses import dataclass

__all__ = ["Sized"]


@dataclass(frozen=True)
class Sized:
    """A value with its band; ``unit`` says of what.

    Attributes:
        low: 5 % of measurements of models that the fit had not seen lay below.
        high: 5 % lay above.
    """

    value: float
    low: float
    high: float
    unit: str

    def times(self, factor: float, unit: str) -> "Sized":
        """Return the value and band times an exact factor."""
        return Sized(self.value * factor, self.low * factor, self.high * factor, unit)

    def per(self, amount: float, unit: str) -> "Sized":
        """Return ``amount`` divided by the value: a rate becomes a duration, its band turned round."""
        return Sized(amount / self.value, amount / self.high, amount / self.low, unit)

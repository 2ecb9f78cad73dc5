"""Exchange rates of the sample: invented reais per dollar, one per day, and the bill's monthly one."""

import random
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from centavo.sources.sample.plan import Plan, add_months

__all__ = ["Rates", "reais"]

_STEP = Decimal("0.0001")
_MICRO = Decimal("0.000001")


def reais(usd: Decimal, rate: Decimal) -> Decimal:
    """Return dollars as reais, rounded half to even to six decimals, as on the bill."""
    return (usd * rate).quantize(_MICRO, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True)
class Rates:
    """Reais per dollar.

    Attributes:
        daily: One rate per day, weekends included, from a month before the sample.
    """

    daily: dict[date, Decimal]

    @classmethod
    def invent(cls, plan: Plan, seed: int) -> "Rates":
        """Return a random walk around 5.40."""
        rng = random.Random(f"{seed}/rates")
        rate = Decimal("5.4")
        daily: dict[date, Decimal] = {}
        day = add_months(plan.since, -1)
        while day < plan.until:
            if day.weekday() < 5:
                pull = (Decimal("5.4") - rate) / 40
                rate += pull + Decimal(rng.randrange(-350, 351)).scaleb(-4)
            daily[day] = rate.quantize(_STEP)
            day += timedelta(days=1)
        return cls(daily)

    def of_invoice(self, month: date) -> Decimal:
        """Return the one rate of an invoice month: that of the last day before it."""
        return self.daily[max(month - timedelta(days=1), min(self.daily))]

    def as_csv(self) -> str:
        """Return the rates as ``date,from,to,rate,source``."""
        lines = ["date,from,to,rate,source"]
        lines += [f"{day},USD,BRL,{rate},synthetic" for day, rate in self.daily.items()]
        return "\n".join(lines) + "\n"

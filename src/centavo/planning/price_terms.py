"""What a quantity costs beyond price times quantity: tiers, free allowance, minimum, commitment, spot."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Generic, Protocol, Self, TypeVar

__all__ = ["PLAIN", "Arithmetic", "Commitment", "Spot", "Terms", "Tier", "cost_of"]


@dataclass(frozen=True)
class Tier:
    """A price for the part of a month's quantity up to ``up_to``; ``None`` is without end."""

    up_to: Decimal | None
    amount: Decimal


@dataclass(frozen=True)
class Commitment:
    """A quantity paid for every month at its own price, used or not."""

    quantity: Decimal
    amount: Decimal


@dataclass(frozen=True)
class Spot:
    """Cheaper machines that may be taken away.

    Attributes:
        discount: Share off the price.
        overhead: Share of the hours done again after restarts.
    """

    discount: Decimal
    overhead: Decimal


@dataclass(frozen=True)
class Terms:
    """The terms of a price; quantities in its unit, amounts in its currency.

    They apply in this order: spot's overhead adds to the quantity, the commitment takes its part, the
    free allowance is taken off, tiers price the rest, spot's discount applies, and the sum is at
    least the minimum.
    """

    tiers: tuple[Tier, ...] = ()
    free: Decimal = Decimal(0)
    minimum: Decimal | None = None
    commitment: Commitment | None = None
    spot: Spot | None = None


PLAIN = Terms()


class _Number(Protocol):
    def __add__(self, other: Self, /) -> Self: ...
    def __sub__(self, other: Self, /) -> Self: ...
    def __mul__(self, other: Self, /) -> Self: ...


_N = TypeVar("_N", bound=_Number)


@dataclass(frozen=True)
class Arithmetic(Generic[_N]):
    """Exact decimals or arrays of draws: what differs between the two.

    Attributes:
        constant: Turns a decimal into the kind of number computed with.
        least: The smaller of two, element by element.
        most: The larger of two.
    """

    constant: Callable[[Decimal], _N]
    least: Callable[[_N, _N], _N]
    most: Callable[[_N, _N], _N]


def cost_of(quantity: _N, amount: _N, *, nominal: Decimal, terms: Terms, by: Arithmetic[_N]) -> _N:
    """Return what a month's quantity costs.

    Args:
        quantity: In units of the price.
        amount: Price of one unit, as drawn.
        nominal: Price of one unit as stated; tiers move with ``amount`` in proportion to it.
        terms: The terms.
        by: How to compute.
    """
    if terms is PLAIN:
        return quantity * amount
    nothing = by.constant(Decimal(0))
    if terms.spot:
        quantity = quantity * by.constant(1 + terms.spot.overhead)
        amount = amount * by.constant(1 - terms.spot.discount)
    fixed = nothing
    if terms.commitment:
        fixed = by.constant(terms.commitment.quantity * terms.commitment.amount)
        quantity = by.most(quantity - by.constant(terms.commitment.quantity), nothing)
    if terms.free:
        quantity = by.most(quantity - by.constant(terms.free), nothing)
    cost = fixed + (_tiered(quantity, amount, nominal=nominal, tiers=terms.tiers, by=by))
    return cost if terms.minimum is None else by.most(cost, by.constant(terms.minimum))


def _tiered(
    quantity: _N, amount: _N, *, nominal: Decimal, tiers: tuple[Tier, ...], by: Arithmetic[_N]
) -> _N:
    if not tiers:
        return quantity * amount
    cost = done = by.constant(Decimal(0))
    for tier in tiers:
        upto = quantity if tier.up_to is None else by.least(quantity, by.constant(tier.up_to))
        # The first tier's price is the nominal one, so a drawn price moves all tiers alike.
        cost = cost + (upto - done) * amount * by.constant(tier.amount / nominal)
        done = upto
    return cost

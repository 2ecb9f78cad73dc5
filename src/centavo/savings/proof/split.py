"""A saving taken apart into volume, efficiency, mix and price: four steps from the old policy to what was billed.

Each step changes one thing, in this order, and is worth what it changes; so the four add up to the
saving exactly. Where a step stands in the order decides a little of what it is worth, as in every
decomposition of this kind; the order is fixed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from centavo.money import EXACT, LEDGER_DECIMALS
from centavo.savings.proof.arm import Arm, Cell

__all__ = ["Split", "split_saving"]

_ZERO = Decimal(0)
_Cells = Mapping[tuple[str, str, str], Cell]


@dataclass(frozen=True)
class Split:
    """Parts of a saving; each may be below zero.

    Attributes:
        volume: Fewer requests for the same work.
        efficiency: Fewer tokens a request, and fewer fees.
        mix: Cheaper models, or tokens of a cheaper class (a cache read for plain input).
        price: The same tokens of the same model for less: a tier, a context class.
    """

    volume: Decimal
    efficiency: Decimal
    mix: Decimal
    price: Decimal

    @property
    def total(self) -> Decimal:
        """The saving."""
        return EXACT.add(EXACT.add(self.volume, self.efficiency), EXACT.add(self.mix, self.price))


def split_saving(baseline: Decimal, old: Arm, new: Arm, *, old_requests: Decimal) -> Split:
    """Return the parts of ``baseline - new.cost``.

    Args:
        baseline: What the work would have cost under the old policy.
        old: Shows the old policy, at the new days' prices.
        new: What was done.
        old_requests: Requests that the old policy would have made for the same work.
    """
    asked = Decimal(new.all_requests)
    by_requests = (
        EXACT.divide(EXACT.multiply(baseline, asked), old_requests) if old_requests else baseline
    )
    tokens = Decimal(new.tokens)
    old_price = _mean(old.cells)
    by_tokens = EXACT.add(EXACT.multiply(tokens, old_price), new.fees)
    by_mix = new.fees
    for key, cell in new.cells.items():
        known = old.cells.get(key)
        # What the old policy never used has no old price: all of it is mix.
        price = _price(known) if known and known.tokens else _price(cell)
        by_mix = EXACT.add(by_mix, EXACT.multiply(Decimal(cell.tokens), price))
    stages = [each.quantize(LEDGER_DECIMALS) for each in (baseline, by_requests, by_tokens, by_mix, new.cost)]  # fmt: skip
    parts = [EXACT.subtract(*pair) for pair in pairwise(stages)]
    return Split(*parts)


def _mean(cells: _Cells) -> Decimal:
    """Return the mean price of a token."""
    tokens, cost = 0, _ZERO
    for cell in cells.values():
        tokens, cost = tokens + cell.tokens, EXACT.add(cost, cell.cost)
    return EXACT.divide(cost, Decimal(tokens)) if tokens else _ZERO


def _price(cell: Cell) -> Decimal:
    return EXACT.divide(cell.cost, Decimal(cell.tokens)) if cell.tokens else _ZERO

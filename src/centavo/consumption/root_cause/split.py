"""The exact split of a change into price, volume, mix, new, gone and what was not measured.

For items bought in both periods, with unit prices ``p`` and quantities ``q`` before (0) and after (1):

- price: ``(p1 - p0) * q1``, paying another price for what is bought now;
- volume: the earlier cost of a scope, times the growth of its quantity, unit by unit;
- mix: ``p0 * (q1 - q0)`` less the volume, the same quantity spread over dearer or cheaper items; an
  item without an earlier price counts at its later one.

What a scope has in one period only is new or gone. An item whose quantity is not known on both sides
moves for reasons nobody can tell: its change is ``unmeasured``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from centavo.money import EXACT, LEDGER_DECIMALS

__all__ = ["PARTS", "Line", "Split", "split_change"]

PARTS = ("price", "volume", "mix", "new", "gone", "unmeasured")
_ZERO = Decimal(0)


@dataclass(frozen=True)
class Line:
    """One item, or several of one price, of one scope.

    Attributes:
        before: Cost in the earlier period.
        after: Cost in the later period.
        quantity_before: ``None`` when not known.
        quantity_after: ``None`` when not known.
        unit: Of the quantities; different units have no common volume.
        scope: Whose volume it belongs to.
        is_new: The scope had nothing of this good in the earlier period.
        is_gone: It has nothing of it in the later period.
    """

    before: Decimal
    after: Decimal
    quantity_before: Decimal | None = None
    quantity_after: Decimal | None = None
    unit: str | None = None
    scope: object = None
    is_new: bool = False
    is_gone: bool = False


@dataclass(frozen=True)
class Split:
    """Parts of a change; they add up to it to the last digit."""

    price: Decimal = _ZERO
    volume: Decimal = _ZERO
    mix: Decimal = _ZERO
    new: Decimal = _ZERO
    gone: Decimal = _ZERO
    unmeasured: Decimal = _ZERO

    @property
    def change(self) -> Decimal:
        """What the parts add up to."""
        return self.price + self.volume + self.mix + self.new + self.gone + self.unmeasured

    @property
    def parts(self) -> dict[str, Decimal]:
        """The parts by name."""
        return {name: getattr(self, name) for name in PARTS}

    def __add__(self, other: "Split") -> "Split":
        return Split(
            *(
                EXACT.add(a, b)
                for a, b in zip(self.parts.values(), other.parts.values(), strict=True)
            )
        )


def split_change(lines: Iterable[Line]) -> Split:
    """Return the split of the change of all lines together."""
    price = new = gone = unmeasured = _ZERO
    scopes: dict[tuple[object, str | None], list[Decimal]] = {}
    for line in lines:
        change = EXACT.subtract(line.after, line.before)
        if line.is_new:
            new = EXACT.add(new, change)
        elif line.is_gone:
            gone = EXACT.add(gone, change)
        elif (moved := _by_quantity(line)) is None:
            unmeasured = EXACT.add(unmeasured, change)
        else:
            price = EXACT.add(price, EXACT.subtract(change, moved))
            sums = scopes.setdefault((line.scope, line.unit), [_ZERO] * 4)
            found = (line.before, line.quantity_before, line.quantity_after, moved)
            for place, amount in enumerate(found):
                sums[place] = EXACT.add(sums[place], amount or _ZERO)
    volume = mix = _ZERO
    for before, quantity_before, quantity_after, moved in scopes.values():
        grown = _scaled(before, quantity_before, quantity_after) if quantity_before else moved
        volume = EXACT.add(volume, grown)
        mix = EXACT.add(mix, EXACT.subtract(moved, grown))
    return Split(price, volume, mix, new, gone, unmeasured)


def _by_quantity(line: Line) -> Decimal | None:
    """Return what the other quantity costs at the earlier price; ``None`` when that is not known."""
    before, after = line.quantity_before, line.quantity_after
    if before is None or after is None or before < 0 or after < 0:
        return None
    # A cost of no quantity belongs to none.
    if (before == 0 and line.before != 0) or (after == 0 and line.after != 0):
        return None
    return line.after if before == 0 else _scaled(line.before, before, after)


def _scaled(cost: Decimal, before: Decimal, after: Decimal) -> Decimal:
    """Return the cost of the quantity that was added, at the earlier price of all."""
    added = EXACT.divide(EXACT.multiply(cost, EXACT.subtract(after, before)), before)
    return EXACT.quantize(added, LEDGER_DECIMALS)

"""Values of a plan file: ``100 GB-month``, ``3 %``, ``[50, 100]``, with the line of what is wrong."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import NoReturn, cast

from centavo.money import EXACT
from centavo.planning.formula import Formula, FormulaError, parse_formula
from centavo.planning.plan import SHAPES, Growth, Shape, Spread
from centavo.planning.units import ONE, Unit, UnitError, parse_unit
from centavo.pricing.yaml_entries import YamlEntry

__all__ = ["PlanValues", "Stated"]

_QUANTITY = re.compile(r"([-+]?[0-9][0-9_]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?)\s*(.*)")
# More would be a slip of the key, and its powers would outgrow the ledger's digits.
_LARGEST = Decimal(10) ** 24


@dataclass(frozen=True)
class Stated:
    """A number with its unit, as stated.

    Attributes:
        number: As written, in ``unit``.
        unit: ``None`` where none is written.
    """

    number: Decimal
    unit: Unit | None

    @property
    def text(self) -> str:
        """The number with its unit, for a reader."""
        return f"{self.number:f} {self.unit.text}" if self.unit else f"{self.number:f}"

    def base(self, unit: Unit | None = None) -> Decimal:
        """Return the number in base units of its own unit, or of the one given."""
        return EXACT.multiply(self.number, (self.unit or unit or ONE).scale)


@dataclass(frozen=True)
class PlanValues:
    """Reads the values of one plan.

    Attributes:
        units: Names of units that the plan declares.
    """

    units: Collection[str] = ()

    def stated(self, entry: YamlEntry, key: str) -> Stated:
        """Return a number of 0 or more with its unit, which must be there."""
        return self.parsed(entry, key, entry.text(key))

    def parsed(self, entry: YamlEntry, key: str, text: str) -> Stated:
        """Return the number and unit of a text that stands at ``key``."""
        found = _QUANTITY.fullmatch(text.strip())
        if found is None:
            entry.fail("is not a number such as 100 or 100 GB-month", key, text)
        try:
            number = Decimal(found[1].replace("_", ""))
            unit = parse_unit(found[2], own=self.units) if found[2] else None
        except (InvalidOperation, UnitError) as error:
            entry.fail("has an unknown unit", key, text, hint=str(error))
        if not 0 <= number < _LARGEST:
            entry.fail("is not a number of 0 or more", key, text)
        return Stated(number, unit)

    def share(self, entry: YamlEntry, key: str, text: str | None = None) -> Decimal:
        """Return a share of ``3 %`` or ``0.03``, from 0 to 1."""
        written = entry.text(key) if text is None else text
        stated = self.parsed(entry, key, written)
        if (stated.unit or ONE).dimensions:
            entry.fail("is not a share such as 3 %", key, written)
        share = stated.base()
        if share > 1:
            entry.fail("is more than 100 %", key, written)
        return share

    def unit(self, entry: YamlEntry, key: str) -> Unit:
        """Return a unit that must be there."""
        text = entry.text(key)
        try:
            return parse_unit(text, own=self.units)
        except UnitError as error:
            return entry.fail("is not a known unit", key, text, hint=str(error))

    def formula(self, entry: YamlEntry, key: str, text: str | None = None) -> Formula:
        """Return a formula that must be there."""
        written = entry.text(key) if text is None else text
        try:
            return parse_formula(written, own_units=self.units)
        except FormulaError as error:
            return _fail_formula(entry, key, written, error)

    def formula_unit(
        self, entry: YamlEntry, key: str, formula: Formula, known: dict[str, Unit]
    ) -> Unit:
        """Return the unit of a formula's result."""
        try:
            return formula.unit(known)
        except FormulaError as error:
            return _fail_formula(entry, key, formula.text, error, known)

    def spread(
        self, entry: YamlEntry, value: Decimal, unit: Unit, *, shape: Shape
    ) -> Spread | None:
        """Return the range around a value, both in base units of ``unit``; ``None`` without one."""
        texts = entry.texts("range")
        if not texts:
            return None
        if len(texts) != 2:
            entry.fail("must be two numbers, the lowest and the highest", "range", list(texts))
        bounds = [self.parsed(entry, "range", text) for text in texts]
        for bound in bounds:
            if bound.unit is not None and not bound.unit.measures_the_same(unit):
                entry.fail(f"is not in {unit.text}", "range", list(texts))
        low, high = (bound.base(unit) for bound in bounds)
        shape = cast("Shape", entry.one_of("shape", SHAPES, default=shape))
        if low > high:
            entry.fail("has its low end above its high end", "range", list(texts))
        if not low <= value <= high:
            entry.fail("does not hold the value itself", "range", list(texts))
        if shape == "lognormal" and low == 0 and high > 0:
            entry.fail("of a log-normal quantity begins above 0", "range", list(texts))
        return Spread(low, high, shape)

    def growth(self, entry: YamlEntry, unit: Unit) -> Growth | None:
        """Return the change a month; ``None`` where there is none. It may be negative."""
        text = entry.optional_text("growth")
        if text is None:
            return None
        found = _QUANTITY.fullmatch(text.strip())
        if found is None:
            return entry.fail("is not a change such as 3 % or 10 GB", "growth", text)
        sign = -1 if found[1].startswith("-") else 1
        stated = self.parsed(entry, "growth", text.strip().lstrip("+-"))
        if stated.unit is not None and stated.unit.text == "%":
            if stated.number >= 100 and sign < 0:
                entry.fail("leaves less than nothing", "growth", text)
            return Growth(share=sign * stated.base())
        if stated.unit is not None and not stated.unit.measures_the_same(unit):
            return entry.fail(f"is neither a share in % nor in {unit.text}", "growth", text)
        return Growth(step=sign * stated.base(unit))


def _fail_formula(
    entry: YamlEntry,
    key: str,
    text: str,
    error: FormulaError,
    known: Collection[str] = (),
) -> NoReturn:
    hint = f"Known here: {', '.join(sorted(known))}." if known else "docs/planning.md says more."
    entry.fail(str(error), key, text, hint=hint)

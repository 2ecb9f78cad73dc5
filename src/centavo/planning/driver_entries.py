"""Drivers and the quantities derived from them, in an order in which each can be computed."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from centavo.planning.plan import Derived, Driver, Spread
from centavo.planning.plan_values import PlanValues, Stated
from centavo.planning.sized_formula import sized_formula
from centavo.planning.units import ONE, Unit
from centavo.pricing.yaml_entries import YamlEntry

if TYPE_CHECKING:
    from centavo.planning.formula import Formula
    from centavo.planning.sizing_entries import SizedQuantity

__all__ = ["DriverEntries"]

_DRIVER = ("value", "sizing", "unit", "range", "shape", "growth", "each_month", "source", "note")
_DERIVED = ("formula", "sizing", "unit", "note")


@dataclass(frozen=True)
class DriverEntries:
    """Reads drivers and derived quantities."""

    values: PlanValues

    def drivers(self, block: YamlEntry | None) -> Mapping[str, Driver]:
        """Return the drivers by name."""
        if block is None:
            return {}
        for name in block.values:
            if not name.isidentifier():
                block.fail("is not a name of letters, digits and underscores", name, name)
        return {name: self.driver(name, block) for name in block.values}

    def driver(self, name: str, block: YamlEntry, *, unit: Unit | None = None) -> Driver:
        """Return the driver at key ``name``.

        Args:
            name: Key.
            block: Where it stands.
            unit: Unit that it must have and that a bare number is in; ``None`` where it is new.
        """
        if isinstance(block.values.get(name), str):
            stated = self.values.stated(block, name)
            own = self._unit(block, name, stated.unit, unit)
            return Driver(name, stated.base(own), own)
        entry = block.mapping(name)
        if entry is None:
            return block.fail("is empty", name)
        entry.check_keys(_DRIVER)
        sized = self._sized(entry)
        stated = Stated(sized.value, sized.unit) if sized else self.values.stated(entry, "value")
        said = self.values.unit(entry, "unit") if "unit" in entry.values else stated.unit
        own = self._unit(entry, "unit" if "unit" in entry.values else "value", said, unit)
        if stated.unit is not None and not stated.unit.measures_the_same(own):
            entry.fail(f"is not in {own.text}", "sizing" if sized else "value", stated.text)
        value = stated.base(own)
        each = entry.one_of("each_month", ("yes", "no", "true", "false"), default="no")
        return Driver(
            name=name,
            value=value,
            unit=own,
            spread=self._spread(entry, value, own, sized),
            growth=self.values.growth(entry, own),
            each_month=each in {"yes", "true"},
            source=entry.optional_text("source") or (f"sizing: {sized.kind}" if sized else None),
        )

    def sized_driver(self, name: str, entry: YamlEntry) -> Driver:
        """Return the driver that the ``sizing`` of another kind of entry stands for."""
        sized = self._sized(entry)
        if sized is None:
            return entry.fail("is empty", "sizing")
        value, low, high = (
            Stated(it, sized.unit).base() for it in (sized.value, sized.low, sized.high)
        )
        spread = None if low == high else Spread(low, high, "lognormal")
        return Driver(name, value, sized.unit, spread, source=f"sizing: {sized.kind}")

    def _sized(self, entry: YamlEntry) -> "SizedQuantity | None":
        """Return what ``sizing`` says; ``None`` where the driver states its value itself."""
        block = entry.mapping("sizing")
        if block is None:
            return None
        if "value" in entry.values:
            entry.fail("stands beside a value; a driver has one of them", "sizing")
        from centavo.planning.sizing_entries import SizingEntries

        return SizingEntries(self.values).quantity(block)

    def _spread(
        self, entry: YamlEntry, value: Decimal, own: Unit, sized: "SizedQuantity | None"
    ) -> Spread | None:
        """Return the stated range, or else the band of the sizing: its 5th and 95th percentile."""
        if sized is None or "range" in entry.values or sized.low == sized.high:
            return self.values.spread(entry, value, own, shape="pert")
        if "shape" in entry.values:
            entry.fail("is of a stated range; the band of a sizing is log-normal", "shape")
        low, high = (Stated(it, sized.unit).base() for it in (sized.low, sized.high))
        return Spread(low, high, "lognormal")

    def _unit(self, entry: YamlEntry, key: str, said: Unit | None, wanted: Unit | None) -> Unit:
        if wanted is None:
            return said or ONE
        if said is not None and not said.measures_the_same(wanted):
            entry.fail(f"is not in {wanted.text}", key, entry.optional_text(key))
        return said or wanted

    def derived(
        self, block: YamlEntry | None, drivers: Mapping[str, Driver]
    ) -> tuple[Derived, ...]:
        """Return the derived quantities, each after those it is computed from."""
        if block is None:
            return ()
        formulas: dict[str, tuple[Formula, YamlEntry, str]] = {}
        for name in block.values:
            if name in drivers:
                block.fail("is a driver already", name, name)
            if not name.isidentifier():
                block.fail("is not a name of letters, digits and underscores", name, name)
            entry, key = block, name
            if not isinstance(block.values[name], str):
                inner = block.mapping(name)
                entry, key = (inner or block), "formula"
                entry.check_keys(_DERIVED)
            text = None
            if entry is not block and "sizing" in entry.values:
                text, key = sized_formula(name, entry, "formula")
            formulas[name] = self.values.formula(entry, key, text), entry, key
        units = {name: driver.unit for name, driver in drivers.items()}
        found: list[Derived] = []
        for name in _in_order({it: formulas[it][0].names for it in formulas}, block):
            formula, entry, key = formulas[name]
            unit = self.values.formula_unit(entry, key, formula, units)
            if entry is not block and "unit" in entry.values:
                wanted = self.values.unit(entry, "unit")
                if not wanted.measures_the_same(unit):
                    entry.fail(f"is not what the formula gives, {unit.text}", "unit", wanted.text)
                unit = wanted
            units[name] = unit
            found.append(Derived(name, formula, unit, block.lines.get(name, block.line)))
        return tuple(found)


def _in_order(needs: Mapping[str, frozenset[str]], block: YamlEntry) -> list[str]:
    """Return the names so that each follows what it needs; a cycle is refused by its names."""
    done: list[str] = []
    waiting = dict(needs)
    while waiting:
        ready = [name for name, names in waiting.items() if not names & waiting.keys()]
        if not ready:
            cycle = _cycle(waiting)
            block.fail(f"is computed from itself: {' from '.join(cycle)}", cycle[0])
        done += ready
        for name in ready:
            del waiting[name]
    return done


def _cycle(waiting: Mapping[str, frozenset[str]]) -> list[str]:
    path = [next(iter(waiting))]
    while True:
        following = min(waiting[path[-1]] & waiting.keys())
        if following in path:
            return [*path[path.index(following) :], following]
        path.append(following)

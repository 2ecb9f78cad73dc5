"""Scenarios of a plan: drivers and prices replaced, components switched off, and what they must cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from centavo.ledger.toml_lines import near_names
from centavo.planning.driver_entries import DriverEntries
from centavo.planning.plan import DatedPrice, Driver, Plan, PlanPrice, PriceChange, Scenario
from centavo.planning.plan_values import PlanValues
from centavo.planning.price_entries import PriceEntries
from centavo.planning.units import ONE
from centavo.pricing.yaml_entries import YamlEntry

__all__ = ["BASE", "ScenarioEntries"]

# What a plan without scenarios is.
BASE = "plan"
_KEYS = ("set", "prices", "off", "expect_total", "budget", "confidence", "about")


@dataclass(frozen=True)
class ScenarioEntries:
    """Reads scenarios against the plan they vary.

    Attributes:
        plan: The plan without scenarios.
        known: Its prices; grows by those of the list that a scenario names.
    """

    values: PlanValues
    prices: PriceEntries
    plan: Plan
    known: dict[str, PlanPrice]

    def scenarios(self, block: YamlEntry | None) -> Mapping[str, Scenario]:
        """Return the scenarios by name; without any, the plan itself is the one.

        Raises:
            BadValueError: One names what is not there, or changes nothing; names its line.
        """
        if block is None:
            return {BASE: Scenario(BASE, {}, {}, frozenset())}
        if not block.values:
            block.fail("has nothing in it", "scenarios")
        for name in block.lines:
            if name not in block.values:
                block.fail("names nothing: no driver, price, component or total", name)
        return {name: self._scenario(name, block) for name in block.values}

    def _scenario(self, name: str, block: YamlEntry) -> Scenario:
        entry = block.mapping(name)
        if entry is None or not entry.values:
            return block.fail("names nothing: no driver, price, component or total", name)
        entry.check_keys(_KEYS)
        off = frozenset(entry.texts("off"))
        for component in entry.texts("off"):
            self._must_exist(component, entry, "off")
        left = [it for it in self.plan.components.values() if it.price and it.name not in off]
        if not left:
            entry.fail("leaves no component with a price: a total of nothing is no total", "off")
        confidence = None
        if "confidence" in entry.values:
            confidence = self.values.share(entry, "confidence")
        if confidence is not None and "budget" not in entry.values:
            entry.fail("is of a budget, and there is none", "confidence")
        return Scenario(
            name=name,
            drivers=self._drivers(entry),
            prices=self._prices(entry),
            off=off,
            expect_total=self._money(entry, "expect_total"),
            budget=self._money(entry, "budget"),
            confidence=confidence,
            about=entry.optional_text("about"),
            line=entry.line,
        )

    def _drivers(self, entry: YamlEntry) -> Mapping[str, Driver]:
        block = entry.mapping("set")
        reader, found = DriverEntries(self.values), dict[str, Driver]()
        for name in block.values if block else ():
            assert block is not None
            if name not in self.plan.drivers:
                hint = near_names(name, self.plan.drivers)
                block.fail("is no driver of the plan", name, block.values[name], hint=hint)
            found[name] = reader.driver(name, block, unit=self.plan.drivers[name].unit)
        return found

    def _prices(self, entry: YamlEntry) -> Mapping[str, PriceChange]:
        block = entry.mapping("prices")
        found: dict[str, PriceChange] = {}
        for name in block.values if block else ():
            assert block is not None
            self._must_exist(name, block, name)
            price = self.plan.components[name].price
            if price is None:
                return block.fail("is carried by its host and has no price", name)
            last = self.known[price].dated[-1]
            change = self.prices.change(name, block, price=last)
            if change.name is not None:
                self._other_price(change.name, block, name, price)
            elif change.keeps_spread and not _within(last, change):
                block.fail(
                    f"is outside of the range of {price}", name, str(change.amount),
                    hint="Give the range too, or none: {price: 10, range: [5, 15]}.",
                )  # fmt: skip
            found[name] = change
        return found

    def _other_price(self, other: str, block: YamlEntry, key: str, price: str) -> None:
        if other not in self.known:
            self.known[other] = self.prices.listed(other, other, block, key)
        wanted, given = self.known[price].dated[-1].unit, self.known[other].dated[-1].unit
        if not wanted.measures_the_same(given):
            block.fail(f"is for one {given.text}, not for one {wanted.text}", key, other)

    def _must_exist(self, component: str, entry: YamlEntry, key: str) -> None:
        if component not in self.plan.components:
            hint = near_names(component, self.plan.components)
            entry.fail("names no component", key, component, hint=hint)

    def _money(self, entry: YamlEntry, key: str) -> Decimal | None:
        if key not in entry.values:
            return None
        stated = self.values.stated(entry, key)
        unit = stated.unit or ONE
        if unit.dimensions not in {(), ((self.plan.currency, 1),)}:
            entry.fail(f"is not in {self.plan.currency}", key, entry.text(key))
        return stated.number


def _within(price: DatedPrice, change: PriceChange) -> bool:
    if price.spread is None or change.amount is None:
        return True
    return price.spread.low <= change.amount <= price.spread.high

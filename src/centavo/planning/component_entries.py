"""Components of a plan: a quantity a month at a price, or what a host carries."""

from dataclasses import dataclass

from centavo.ledger.toml_lines import near_names
from centavo.planning.meter import DIMENSIONS, MEASURES, Measure, Meter
from centavo.planning.plan import Component, PlanPrice
from centavo.planning.plan_values import PlanValues
from centavo.planning.price_entries import PriceEntries
from centavo.planning.sized_formula import sized_formula
from centavo.planning.units import Unit
from centavo.pricing.yaml_entries import YamlEntry

__all__ = ["SCOPE_KEYS", "ComponentEntries"]

SCOPE_KEYS = (
    "project", "application", "endpoint", "feature", "use_case", "environment", "team",
    "cost_center", "customer",
)  # fmt: skip
_KEYS = ("quantity", "sizing", "price", "carried_by", "group", "scope", "meter", "note")


@dataclass(frozen=True)
class ComponentEntries:
    """Reads components; a price of the list that one names becomes a price of the plan.

    Attributes:
        known: Prices of the plan so far, by name; grows.
        units: Unit of each driver and derived quantity.
        scope: Scope of all components.
    """

    values: PlanValues
    prices: PriceEntries
    known: dict[str, PlanPrice]
    units: dict[str, Unit]
    scope: YamlEntry | None

    def components(self, top: YamlEntry) -> dict[str, Component]:
        """Return the components by name, in the order of the file.

        Raises:
            BadValueError: A value cannot be used; names its line.
        """
        block = top.mapping("components")
        if block is None or not block.values:
            top.fail("has nothing in it: a plan is of something", "components")
        found = {name: self._component(name, block) for name in block.values}
        for name, component in found.items():
            host = component.carried_by
            entry = block.mapping(name)
            if entry is not None and host is not None:
                if host not in found:
                    hint = near_names(host, found)
                    entry.fail("names no component", "carried_by", host, hint=hint)
                if found[host].carried_by is not None:
                    entry.fail("names a component that is carried itself", "carried_by", host)
        return found

    def _component(self, name: str, block: YamlEntry) -> Component:
        entry = block.mapping(name)
        if entry is None:
            return block.fail("is empty", name)
        entry.check_keys(_KEYS)
        shared = dict(self._scope(self.scope)) | self._scope(entry.mapping("scope"))
        carried_by = entry.optional_text("carried_by")
        if carried_by is not None:
            for key in ("quantity", "sizing", "price", "meter"):
                if key in entry.values:
                    entry.fail("has no place in a component that its host carries", key)
            return Component(name, None, None, carried_by, None, shared, None, entry.line)
        price = self._price(entry)
        text, key = None, "quantity"
        if "sizing" in entry.values:
            text, key = sized_formula(name, entry, "quantity")
        formula = self.values.formula(entry, key, text)
        unit = self.values.formula_unit(entry, key, formula, self.units)
        for dated in price.dated:
            if not unit.measures_the_same(dated.unit):
                entry.fail(
                    f"is in {unit.text}, and the price {price.name} is for one {dated.unit.text}",
                    key, formula.text,
                )  # fmt: skip
        return Component(
            name=name,
            quantity=formula,
            price=price.name,
            carried_by=None,
            group=entry.optional_text("group"),
            scope=shared,
            meter=self._meter(entry.mapping("meter")),
            line=entry.line,
        )

    def _price(self, entry: YamlEntry) -> PlanPrice:
        name = entry.text("price")
        if name not in self.known:
            self.known[name] = self.prices.listed(name, name, entry, "price")
        return self.known[name]

    def _scope(self, entry: YamlEntry | None) -> dict[str, str]:
        if entry is None:
            return {}
        entry.check_keys(SCOPE_KEYS)
        return {key: entry.text(key) for key in entry.values}

    def _meter(self, entry: YamlEntry | None) -> Meter | None:
        if entry is None:
            return None
        entry.check_keys(("measure", "where"))
        where = entry.mapping("where")
        if where is None or not where.values:
            return entry.fail("must say which rows: every row is no meter", "where")
        where.check_keys(DIMENSIONS)
        measure: Measure = "quantity"
        wanted = entry.one_of("measure", MEASURES, default="quantity")
        for each in MEASURES:
            measure = each if each == wanted else measure
        return Meter(measure, {key: where.optional_text(key) or "" for key in where.lines})

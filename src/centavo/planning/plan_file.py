"""The plan file: YAML read and checked line by line, shared price files included."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NoReturn

from centavo.errors import CurrencyError, InputError
from centavo.ledger.toml_lines import near_names
from centavo.money import currency_code
from centavo.planning.component_entries import ComponentEntries
from centavo.planning.driver_entries import DriverEntries
from centavo.planning.plan import (
    Component,
    Correlation,
    Derived,
    Driver,
    Plan,
    PlannedRate,
    PlanPrice,
    Tax,
)
from centavo.planning.plan_values import PlanValues
from centavo.planning.price_entries import ModelPrices, PriceEntries
from centavo.planning.rates import exact_rate
from centavo.planning.scenario_entries import ScenarioEntries
from centavo.planning.sized_entries import sized_drivers
from centavo.planning.units import ONE, Unit, UnitError, parse_unit
from centavo.pricing.cloud_prices import CloudPrices
from centavo.pricing.yaml_entries import YamlEntry, read_yaml

__all__ = ["PLAN_KEYS", "read_plan"]

_SHARED = ("units", "prices", "exchange", "taxes")
PLAN_KEYS = (
    "plan", "currency", "show", "start", "months", "include", "units", "scope", "drivers",
    "quantities", "prices", "exchange", "taxes", "components", "correlations", "scenarios",
)  # fmt: skip
_HINT = "docs/planning.md describes the plan file."
_MOST_MONTHS = 120
_MOST_BYTES = 5_000_000


def read_plan(
    path: Path,
    *,
    cloud: CloudPrices | None = None,
    models: Callable[[], ModelPrices] | None = None,
) -> Plan:
    """Return the plan of a file.

    Args:
        path: The plan.
        cloud: Prices that it may name; ``None`` takes the shipped ones.
        models: Opens the price book for prices of models; ``None`` takes the installed one.

    Raises:
        InputError: A file cannot be read or is not YAML.
        BadValueError: A value cannot be used; names file, line, key and value.
    """
    top = _read(path)
    top.check_keys(PLAN_KEYS)
    tops = [*_included(top, path, [path.resolve()]), top]
    values = PlanValues(_own_units(tops))
    prices = PriceEntries(values, cloud or CloudPrices.load(), models or _installed_book)
    return _PlanReader(top, tops, values, prices).plan(path)


def _installed_book() -> ModelPrices:
    from centavo.pricing import PriceBook

    return PriceBook.load(None)


def _read(path: Path) -> YamlEntry:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InputError(f"{path} is larger than {_MOST_BYTES:,} bytes", hint=_HINT)
        content = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}",
            hint="`centavo plan init` writes a first plan.",
        ) from error
    return read_yaml(content, file=str(path), hint=_HINT)


def _included(top: YamlEntry, path: Path, opened: list[Path]) -> list[YamlEntry]:
    """Return the files that a file includes, and theirs, the innermost first."""
    found: list[YamlEntry] = []
    for name in top.texts("include"):
        target = path.parent / name
        if target.resolve() in opened:
            top.fail("includes itself", "include", name)
        if not target.is_file():
            top.fail("does not exist", "include", name)
        entry = _read(target)
        entry.check_keys((*_SHARED, "include"))
        found += [*_included(entry, target, [*opened, target.resolve()]), entry]
    return found


def _own_units(tops: Collection[YamlEntry]) -> frozenset[str]:
    found: set[str] = set()
    for top in tops:
        for name in top.texts("units"):
            if not name.isidentifier():
                top.fail("is not a name of letters, digits and underscores", "units", name)
            try:
                parse_unit(name)
            except UnitError:
                found.add(name)
            else:
                top.fail("is a unit already", "units", name)
    return frozenset(found)


@dataclass
class _PlanReader:
    """Reads the parts of one plan in the order in which they build on each other."""

    top: YamlEntry
    tops: list[YamlEntry]
    values: PlanValues
    prices: PriceEntries
    known: dict[str, PlanPrice] = field(default_factory=dict[str, PlanPrice])

    def plan(self, path: Path) -> Plan:
        currency = self._currency("currency", self.top.optional_text("currency") or "USD")
        rates = tuple(rate for top in self.tops for rate in self._rates(top))
        for top in self.tops:
            if (block := top.mapping("prices")) is not None:
                self.known |= {name: self.prices.price(name, block) for name in block.values}
        reader = DriverEntries(self.values)
        drivers = dict(reader.drivers(self.top.mapping("drivers")))
        drivers |= sized_drivers(self.top, reader, drivers)
        derived = reader.derived(self.top.mapping("quantities"), drivers)
        components = self._components(drivers, derived)
        plan = Plan(
            file=str(path),
            name=self.top.optional_text("plan") or path.stem,
            currency=currency,
            show=tuple(self._currency("show", it) for it in self.top.texts("show")),
            start=self._start(),
            months=self._months(),
            drivers=drivers,
            derived=derived,
            prices=self.known,
            components=components,
            scenarios={},
            taxes=tuple(tax for top in self.tops for tax in self._taxes(top, components)),
            rates=rates,
            correlations=self._correlations(drivers),
        )
        return self._with_scenarios(plan)

    def _with_scenarios(self, plan: Plan) -> Plan:
        reader = ScenarioEntries(self.values, self.prices, plan, self.known)
        scenarios = reader.scenarios(self.top.mapping("scenarios"))
        found = replace(plan, scenarios=scenarios, prices=dict(self.known))
        self._check_currencies(found)
        return found

    def _check_currencies(self, plan: Plan) -> None:
        """Check that every currency in use converts to the plan's, and the plan's to those shown."""
        for price in plan.prices.values():
            for dated in price.dated:
                if exact_rate(plan.rates, dated.currency, plan.currency) is None:
                    self._without_rate(price.name, dated.currency, plan.currency)
        for shown in plan.show:
            if exact_rate(plan.rates, plan.currency, shown) is None:
                self.top.fail(
                    f"has no rate from {plan.currency}", "show", shown,
                    hint="Add it under `exchange:`.",
                )  # fmt: skip

    def _without_rate(self, price: str, currency: str, wanted: str) -> NoReturn:
        """Refuse a price in a currency that nothing converts, where it is stated if that is in a file."""
        problem = f"is in {currency}, and the plan in {wanted}: there is no rate between them"
        hint = "Add it under `exchange:`."
        for top in self.tops:
            block = top.mapping("prices")
            if block is not None and price in block.values:
                block.fail(problem, price, hint=hint)
        components = self.top.mapping("components")
        for name in components.values if components else ():
            entry = components.mapping(name) if components else None
            if entry is not None and entry.values.get("price") == price:
                entry.fail(problem, "price", price, hint=hint)
        self.top.fail(
            f"has no rate to the price {price} in {currency}", "currency", wanted, hint=hint
        )

    def _components(
        self, drivers: Mapping[str, Driver], derived: tuple[Derived, ...]
    ) -> Mapping[str, Component]:
        units: dict[str, Unit] = {name: driver.unit for name, driver in drivers.items()}
        units |= {it.name: it.unit for it in derived}
        scope = self.top.mapping("scope")
        reader = ComponentEntries(self.values, self.prices, self.known, units, scope)
        return reader.components(self.top)

    def _currency(self, key: str, text: str, entry: YamlEntry | None = None) -> str:
        try:
            return currency_code(text)
        except CurrencyError:
            return (entry or self.top).fail("is not a currency code such as USD", key, text)

    def _start(self) -> date:
        text = self.top.text("start")
        try:
            return date.fromisoformat(f"{text}-01" if len(text) == 7 else text).replace(day=1)
        except ValueError:
            return self.top.fail("is not a month such as 2026-12", "start", text)

    def _months(self) -> int:
        text = self.top.optional_text("months") or "12"
        if not text.isdigit() or not 1 <= int(text) <= _MOST_MONTHS:
            self.top.fail(f"is not a whole number from 1 to {_MOST_MONTHS}", "months", text)
        return int(text)

    def _rates(self, top: YamlEntry) -> list[PlannedRate]:
        found: list[PlannedRate] = []
        for entry in top.entries("exchange") if "exchange" in top.values else ():
            entry.check_keys(("from", "to", "rate", "range", "shape", "as_of", "source"))
            rate = entry.decimal("rate")
            if not rate:
                entry.fail("is not above 0", "rate", entry.text("rate"))
            base, to = (self._currency(key, entry.text(key), entry) for key in ("from", "to"))
            spread = self.values.spread(entry, rate, ONE, shape="lognormal")
            source = entry.text("source")
            found.append(PlannedRate(base, to, rate, spread, entry.day("as_of"), source))
        return found

    def _taxes(self, top: YamlEntry, components: Mapping[str, Component]) -> list[Tax]:
        found: list[Tax] = []
        block = top.mapping("taxes")
        for name in block.values if block else ():
            entry = block.mapping(name) if block else None
            if entry is None:
                return top.fail(f"has nothing under {name}", "taxes")
            entry.check_keys(("rate", "on", "inside", "as_of", "source", "note"))
            on = frozenset(entry.texts("on")) or None
            for component in sorted(on or ()):
                if component not in components:
                    hint = near_names(component, components)
                    entry.fail("names no component", "on", component, hint=hint)
            rate = self.values.share(entry, "rate")
            inside = entry.one_of("inside", ("yes", "no", "true", "false"), default="no")
            if rate == 1 and inside in {"yes", "true"}:
                entry.fail("of a tax inside its own base is below 100 %", "rate")
            day, source = entry.day("as_of"), entry.text("source")
            found.append(Tax(name, rate, on, inside in {"yes", "true"}, day, source))
        return found

    def _correlations(self, drivers: Mapping[str, Driver]) -> tuple[Correlation, ...]:
        found: list[Correlation] = []
        rates = {f"rate:{it.base}/{it.to}" for top in self.tops for it in self._rates(top)}
        known = {*drivers, *(f"price:{name}" for name in self.known), *rates}
        entries = self.top.entries("correlations") if "correlations" in self.top.values else ()
        for entry in entries:
            entry.check_keys(("between", "rho"))
            names = entry.texts("between")
            if len(names) != 2 or names[0] == names[1]:
                entry.fail("must be two different names", "between", list(names))
            for name in names:
                if name not in known:
                    hint = near_names(name, known)
                    entry.fail("names nothing that varies", "between", name, hint=hint)
            text = entry.text("rho")
            stated = self.values.parsed(entry, "rho", text.lstrip("-"))
            if stated.number >= 1 or stated.unit is not None:
                entry.fail("is not between -1 and 1", "rho", text)
            rho = Decimal(-stated.number if text.startswith("-") else stated.number)
            found.append(Correlation(names[0], names[1], rho))
        return tuple(found)

"""Prices of a plan: inline with source and date, or by reference to a list of prices."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol, cast

from centavo.errors import PriceError
from centavo.money import EXACT
from centavo.planning.plan import DatedPrice, PlanPrice, PriceChange, Spread
from centavo.planning.plan_values import PlanValues, Stated
from centavo.planning.price_terms import PLAIN, Commitment, Spot, Terms, Tier
from centavo.planning.units import CURRENCIES, ONE, Unit, parse_unit
from centavo.pricing.cloud_prices import EVIDENCE, CloudPrice, CloudPrices, Evidence
from centavo.pricing.yaml_entries import YamlEntry

if TYPE_CHECKING:
    from collections.abc import Callable

    from centavo.pricing import Quote

__all__ = ["ModelPrices", "PriceEntries", "amount_and_unit"]

_INLINE = ("price", "valid_from", "as_of", "evidence", "source", "note", "range", "shape")
_TERMS = ("tiers", "free", "minimum", "commitment", "spot")
_LISTED = ("ref", "range", "shape")
_MODEL = ("model", "provider", "unit", "tier", "as_of", "range", "shape")
_SEARCHABLE = {"mtok": "Mtoken", "kcount": "krequest"}


class ModelPrices(Protocol):
    """What a plan asks of the price book: ``PriceBook`` has it."""

    def show(
        self, model: str, at: "datetime | None" = None, provider: str | None = None
    ) -> "list[Quote]":
        """Return the prices of a model on a day."""
        ...


@dataclass(frozen=True)
class PriceEntries:
    """Reads the prices of one plan.

    Attributes:
        values: Reads its values.
        cloud: The list that ``ref`` names come from.
        models: Opens the price book, when a price names a model.
    """

    values: PlanValues
    cloud: CloudPrices
    models: "Callable[[], ModelPrices]"

    def price(self, name: str, place: YamlEntry) -> PlanPrice:
        """Return the price at key ``name``: an inline price, several dated ones, or a reference."""
        value = place.values.get(name)
        if isinstance(value, str):
            return self.listed(name, value, place, name)
        entries = place.entries(name)
        if not entries:
            place.fail("is empty", name)
        if len(entries) == 1 and ("ref" in entries[0].values or "model" in entries[0].values):
            return self._referred(name, entries[0])
        dated = sorted((self._inline(entry) for entry in entries), key=_start)
        for before, after in pairwise(dated):
            if _start(before) == _start(after):
                place.fail(f"has two prices of {_start(after)}", name)
            if not before.unit.measures_the_same(after.unit):
                place.fail("has prices for different units", name)
        return PlanPrice(name, tuple(dated))

    def listed(self, name: str, ref: str, place: YamlEntry, key: str) -> PlanPrice:
        """Return the price that the list has under ``ref``, under the plan's ``name`` for it."""
        found = self.cloud.history(ref)
        if not found:
            try:
                self.cloud.find(ref, date.max)
            except PriceError as error:
                place.fail("names no price of the plan or the list", key, ref, hint=error.hint)
        return PlanPrice(name, tuple(_of_list(it) for it in found))

    def change(self, name: str, place: YamlEntry, *, price: DatedPrice) -> PriceChange:
        """Return what a scenario makes of a component's price."""
        value = place.values.get(name)
        if isinstance(value, str):
            if not value[:1].isdigit():
                return PriceChange(name=value)
            amount = self._same_unit(place, name, value, price)
            return PriceChange(amount=amount, keeps_spread=True)
        entry = place.mapping(name)
        if entry is None:
            return place.fail("is empty", name)
        entry.check_keys(("price", "range", "shape"))
        amount = self._same_unit(entry, "price", entry.text("price"), price)
        return PriceChange(amount=amount, spread=self._price_spread(entry, amount))

    def _same_unit(self, entry: YamlEntry, key: str, text: str, price: DatedPrice) -> Decimal:
        """Return an amount for one unit of ``price``; a bare number is that already."""
        stated = self.values.parsed(entry, key, text)
        if stated.unit is None:
            return stated.number
        currency, unit = amount_and_unit(entry, key, stated, text)
        if currency != price.currency or not unit.measures_the_same(price.unit):
            wanted = f"{price.currency}/{price.unit.text}"
            entry.fail(f"is not in {wanted}, as the price it changes", key, text)
        return EXACT.divide(EXACT.multiply(stated.number, price.unit.scale), unit.scale)

    def _referred(self, name: str, entry: YamlEntry) -> PlanPrice:
        if "ref" in entry.values:
            entry.check_keys((*_LISTED, *_TERMS))
            price = self.listed(name, entry.text("ref"), entry, "ref")
        else:
            entry.check_keys((*_MODEL, *_TERMS))
            price = self._of_model(name, entry)
        last = price.dated[-1]
        spread = self._price_spread(entry, last.amount)
        terms = self._terms(entry, last.amount, unit=last.unit, currency=last.currency)
        return PlanPrice(name, tuple(replace(it, spread=spread, terms=terms) for it in price.dated))

    def _of_model(self, name: str, entry: YamlEntry) -> PlanPrice:
        model, unit = entry.text("model"), entry.text("unit")
        day = entry.day("as_of")
        at = datetime.combine(day, time(12), UTC)
        tier = entry.optional_text("tier") or "standard"
        quotes = [
            it
            for it in self.models().show(model, at, entry.optional_text("provider"))
            if it.unit == unit and it.variant == tier and not it.tier_from_input_tokens
        ]
        if len({it.price for it in quotes}) != 1:
            known = f"{len(quotes)} prices" if quotes else "no price"
            entry.fail(
                f"has {known} for {unit} ({tier}) on {day}", "model", model,
                hint=f"`centavo prices show {model} --at {day}` lists units, tiers and providers.",
            )  # fmt: skip
        quote = quotes[0]
        counted = _SEARCHABLE.get(unit.rsplit("_", 1)[-1])
        if counted is None:
            entry.fail("is not priced by the million tokens or the thousand calls", "unit", unit)
        return PlanPrice(
            name,
            (
                DatedPrice(
                    amount=quote.price, currency=quote.currency, unit=parse_unit(counted),
                    valid_from=None, as_of=day, evidence="list", source=quote.source,
                    spread=None, terms=PLAIN,
                ),
            ),
        )  # fmt: skip

    def _inline(self, entry: YamlEntry) -> DatedPrice:
        entry.check_keys((*_INLINE, *_TERMS))
        valid_from, as_of = entry.optional_day("valid_from"), entry.optional_day("as_of")
        if valid_from is None and as_of is None:
            entry.fail("needs as_of or valid_from: a price without a date is of no use", "price")
        stated = self.values.stated(entry, "price")
        currency, unit = amount_and_unit(entry, "price", stated, entry.text("price"))
        return DatedPrice(
            amount=stated.number,
            currency=currency,
            unit=unit,
            valid_from=valid_from,
            as_of=as_of,
            evidence=cast("Evidence", entry.one_of("evidence", EVIDENCE, default="assumption")),
            source=entry.text("source"),
            spread=self._price_spread(entry, stated.number),
            terms=self._terms(entry, stated.number, unit=unit, currency=currency),
        )

    def _price_spread(self, entry: YamlEntry, amount: Decimal) -> Spread | None:
        # A log-normal range need not hold the price taken in its middle, but must hold it.
        return self.values.spread(entry, amount, ONE, shape="lognormal")

    def _terms(self, entry: YamlEntry, amount: Decimal, *, unit: Unit, currency: str) -> Terms:
        if not set(_TERMS) & entry.values.keys():
            return PLAIN
        free = self._quantity(entry, "free", unit) if "free" in entry.values else Decimal(0)
        minimum = None
        if "minimum" in entry.values:
            minimum = self._amount(entry, "minimum", currency)
        commitment = spot = None
        if (committed := entry.mapping("commitment")) is not None:
            committed.check_keys(("quantity", "price"))
            commitment = Commitment(
                self._quantity(committed, "quantity", unit),
                self._amount(committed, "price", currency),
            )
        if (machines := entry.mapping("spot")) is not None:
            machines.check_keys(("discount", "restart_overhead"))
            spot = Spot(
                self.values.share(machines, "discount"),
                self.values.share(machines, "restart_overhead"),
            )
        tiers = self._tiers(entry, amount, unit=unit, currency=currency)
        return Terms(tiers, free, minimum, commitment, spot)

    def _tiers(
        self, entry: YamlEntry, amount: Decimal, *, unit: Unit, currency: str
    ) -> tuple[Tier, ...]:
        if "tiers" not in entry.values:
            return ()
        found: list[Tier] = []
        reached: Decimal | None = Decimal(0)
        for tier in entry.entries("tiers"):
            tier.check_keys(("from", "up_to", "price"))
            if reached is None:
                tier.fail("follows a tier without end", "up_to")
            start = self._quantity(tier, "from", unit) if "from" in tier.values else reached
            if start != reached:
                kind = "leaves a gap after" if start > reached else "overlaps the tier up to"
                tier.fail(f"{kind} {reached.normalize():f}", "from", tier.text("from"))
            end = self._quantity(tier, "up_to", unit) if "up_to" in tier.values else None
            if end is not None and end <= start:
                tier.fail(f"is not above {start.normalize():f}, where it begins", "up_to", str(end))
            found.append(Tier(end, self._amount(tier, "price", currency)))
            reached = end
        if reached is not None:
            entry.fail("must end with a tier without up_to: what lies above has no price", "tiers")
        if amount == 0:
            entry.fail("of a price with tiers is above 0: it is what they are measured by", "price")
        return tuple(found)

    def _quantity(self, entry: YamlEntry, key: str, unit: Unit) -> Decimal:
        stated = self.values.stated(entry, key)
        if stated.unit is None:
            return stated.number
        if not stated.unit.measures_the_same(unit):
            entry.fail(f"is not in {unit.text}", key, entry.text(key))
        return stated.base() / unit.scale

    def _amount(self, entry: YamlEntry, key: str, currency: str) -> Decimal:
        stated = self.values.stated(entry, key)
        if stated.unit is not None and (currency, 1) not in stated.unit.dimensions:
            entry.fail(f"is not in {currency}", key, entry.text(key))
        return stated.number


def amount_and_unit(entry: YamlEntry, key: str, stated: Stated, text: str) -> tuple[str, Unit]:
    """Return the currency and the unit of a price such as ``0.023 USD/GB-month``."""
    unit = stated.unit or ONE
    currencies = [name for name, power in unit.dimensions if name in CURRENCIES and power == 1]
    head, _, rest = unit.text.partition("/")
    if len(currencies) != 1 or head.strip() != currencies[0] or not rest:
        entry.fail("is not an amount for a unit such as 0.023 USD/GB-month", key, text)
    # The own names of the plan are known already: the text was read with them.
    own = [name for name, _ in unit.dimensions]
    return currencies[0], parse_unit(rest, own=own)


def _of_list(price: CloudPrice) -> DatedPrice:
    return DatedPrice(
        amount=price.price.amount,
        currency=price.price.currency,
        unit=parse_unit(price.unit),
        valid_from=price.valid_from,
        as_of=price.as_of,
        evidence=price.evidence,
        source=price.source,
        spread=None,
        terms=PLAIN,
    )


def _start(price: DatedPrice) -> date:
    return price.valid_from or price.as_of or date.max

"""The list prices: genai-prices, offline, as slices of time per model and processing tier.

Finding a model and choosing the price set at an instant is left to the library itself; this module
asks it once per slice of time in which nothing can change.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache, cached_property
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING

from centavo.pricing.slices import (
    ALWAYS,
    DAY_US,
    NEVER,
    PriceSet,
    PriceSlice,
    UnitPrice,
    cut,
    time_us,
)
from centavo.pricing.tiers import STANDARD, Tier

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, PriceVariant, Provider, TieredPrices
    from genai_prices.units import UnitRegistry

    from centavo.pricing.problems import PriceProblem

__all__ = ["LIST_CURRENCY", "Catalogue", "ListData", "ListedModel"]

LIST_CURRENCY = "USD"
_TIME_ZERO = date(1970, 1, 1)

# The library's request context of each tier: a variant applies when its `when` is part of it.
# OpenAI and Google name the tier `service_tier`, Anthropic calls its fast tier a `speed`.
_CONTEXT: Mapping[Tier, Mapping[str, str]] = {
    "batch": {"processing": "batch"},
    "flex": {"service_tier": "flex"},
    "priority": {"service_tier": "priority"},
    "fast": {"service_tier": "fast", "speed": "fast"},
}

# OpenTelemetry's provider names (gen_ai.provider.name) that the library reads as another provider
# or not at all; it recognises the others by itself.
_PROVIDER_IDS: Mapping[str, str] = {
    "azure.ai.inference": "azure",
    "azure.ai.openai": "azure",
    "gcp.gen_ai": "google",
    "x_ai": "x-ai",
}


@dataclass(frozen=True)
class ListedModel:
    """A model as the price list knows it, at the provider that served it.

    Attributes:
        provider: Provider that the request went to, as the library names it.
        model: Identifier of the model in the library.
        info: The library's own record.
        own: Whether the prices are the provider's own, not those of the model's maker. The
            library applies the prices of tiers to own models only.
    """

    provider: str
    model: str
    info: "ModelInfo"
    own: bool


@dataclass(frozen=True)
class ListData:
    """A price list, and what tells it from every other.

    Attributes:
        providers: The library's records.
        units: The library's units, as it reads them.
        source: ``genai-prices 0.2.3``.
        fingerprint: Digest of the list, its units and the library's version.
    """

    providers: "Sequence[Provider]"
    units: Mapping[str, Mapping[str, object]]
    source: str
    fingerprint: bytes

    @cached_property
    def registry(self) -> "UnitRegistry":
        """The library's units, made ready; a command asks several books, and they share them."""
        from genai_prices.units import UnitRegistry

        return UnitRegistry(self.units)

    @classmethod
    @cache
    def installed(cls) -> "ListData":
        """Return the list of the installed library, not one that it fetched meanwhile.

        A program that updates prices from the network while it runs must not change what a row
        says about its price.
        """
        from genai_prices.data import providers
        from genai_prices.data_units import unit_data

        source = f"genai-prices {version('genai-prices')}"
        digest = sha256(source.encode())
        for name in ("data.py", "data_units.py"):
            digest.update(files("genai_prices").joinpath(name).read_bytes())
        return cls(providers, unit_data, source, digest.digest())


class Catalogue:
    """genai-prices, asked through its public interface only.

    Args:
        data: The price list; ``None`` for the installed one.
    """

    def __init__(self, data: ListData | None = None) -> None:
        from genai_prices.data_snapshot import DataSnapshot

        self.data = data or ListData.installed()
        self._snapshot = DataSnapshot(providers=list(self.data.providers), from_auto_update=False)
        self.registry = self.data.registry
        self.source = self.data.source

    def find(self, provider: str | None, model: str) -> "ListedModel | PriceProblem":
        """Return the model that the library finds by these names, or why there is none.

        Args:
            provider: As in the log; ``None`` lets the library tell it from the model's name.
            model: As in the log; resource paths such as ``models/gemini-2.5-pro`` and names
                prefixed by their provider are found too.
        """
        from genai_prices.data_snapshot import find_provider_by_id

        name = None if provider is None else provider.strip().lower()
        provider_id = None if name is None else _PROVIDER_IDS.get(name, name)
        for candidate in _spellings(provider_id, model.strip()):
            try:
                owner, info = self._snapshot.find_provider_model(candidate, None, provider_id, None)
            except LookupError:
                continue
            own = any(info is known for known in owner.models)
            return ListedModel(owner.id, info.id, info, own)
        if (
            provider_id is None
            or provider_id == "litellm"
            or find_provider_by_id(self._snapshot.providers, provider_id)
        ):
            return "unknown_model"
        return "unknown_provider"

    def slices(self, listed: ListedModel, tier: Tier) -> tuple[PriceSlice, ...]:
        """Return the prices of a model in one processing tier over all time.

        There is no slice where the library has no price of that tier, although it would then
        answer with the standard price.
        """
        context = _CONTEXT.get(tier)
        variants = (listed.info.price_variants or []) if listed.own and context else []
        if tier != STANDARD and not variants:
            return ()

        def price_set_at(at: datetime) -> PriceSet | None:
            if tier == STANDARD:
                return self._price_set(listed, listed.info.get_prices(at))
            if not any(_applies(variant, at, context or {}) for variant in variants):
                return None
            return self._price_set(listed, listed.info.get_prices(at, context))

        days, hours = _edges(listed.info, variants)
        if not days and not hours:
            price_set = price_set_at(ALWAYS)
            return (PriceSlice(ALWAYS, NEVER, 0, DAY_US, price_set),) if price_set else ()
        return cut(days, hours, price_set_at)

    def models(self) -> Iterator[ListedModel]:
        """Iterate over every model of every provider."""
        for provider in self._snapshot.providers:
            for info in provider.models:
                yield ListedModel(provider.id, info.id, info, own=True)

    def _price_set(self, listed: ListedModel, price: "ModelPrice") -> PriceSet:
        prices = {
            key: _unit_price(value)
            for key, value in _stored_prices(price).items()
            if key in self._price_keys
        }
        if not prices and listed.model.endswith(":free"):
            # OpenRouter's naming: a model variant with this ending is free of charge. Any other
            # empty price set may as well mean that nobody knows, so it prices nothing.
            nothing = UnitPrice(Decimal(0))
            prices = {"input_mtok": nothing, "output_mtok": nothing}
        return PriceSet(prices, LIST_CURRENCY, self.source)

    @cached_property
    def _price_keys(self) -> frozenset[str]:
        return frozenset(unit.price_key for unit in self.registry.units.values())


def _spellings(provider_id: str | None, model: str) -> Iterator[str]:
    """Yield the name as it stands, then without the path or provider that it may begin with."""
    yield model
    head, separator, tail = model.rpartition("models/")
    if separator and (not head or head.startswith("publishers/")):
        yield tail
    elif provider_id is not None and model.lower().startswith(f"{provider_id}/"):
        yield model[len(provider_id) + 1 :]


def _stored_prices(price: "ModelPrice") -> "dict[str, Decimal | TieredPrices]":
    return {key: value for key, value in vars(price).items() if value is not None}


def _unit_price(value: "Decimal | TieredPrices") -> UnitPrice:
    from genai_prices.types import TieredPrices

    if isinstance(value, TieredPrices):
        return UnitPrice(value.base, tuple((tier.start, tier.price) for tier in value.tiers))
    return UnitPrice(value)


def _applies(variant: "PriceVariant", at: datetime, context: Mapping[str, str]) -> bool:
    if variant.constraint is not None and not variant.constraint.active(at):
        return False
    return all(context.get(key) == value for key, value in variant.when.items())


def _edges(info: "ModelInfo", variants: "list[PriceVariant]") -> tuple[list[datetime], list[int]]:
    """Return the days and the times of day at which a model's prices may change, in UTC."""
    from genai_prices.types import ModelPrice, StartDateConstraint

    days: list[datetime] = []
    hours: list[int] = []
    conditions = [] if isinstance(info.prices, ModelPrice) else info.prices
    for part in (*conditions, *variants):
        constraint = part.constraint
        if constraint is None:
            continue
        if isinstance(constraint, StartDateConstraint):
            days.append(datetime.combine(constraint.start_date, time.min))
        else:
            hours += [_utc_us(constraint.start_time), _utc_us(constraint.end_time)]
    return days, hours


def _utc_us(clock: time) -> int:
    """Return the microseconds since midnight UTC; a time without zone is UTC, as in the library."""
    if clock.tzinfo is not None:
        clock = datetime.combine(_TIME_ZERO, clock).astimezone(UTC).time()
    return time_us(clock)

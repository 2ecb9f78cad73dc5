"""The price book: list prices and the user's own, asked by name or joined with requests."""

from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, cast

from centavo.errors import PriceError
from centavo.pricing.catalogue import LIST_CURRENCY, Catalogue, ListData, ListedModel
from centavo.pricing.event_units import EventUnits
from centavo.pricing.overlay import overlay
from centavo.pricing.price_file import PriceFile, parse_price_file, read_price_file
from centavo.pricing.price_history import PriceHistory
from centavo.pricing.price_rows import EventKey, Priced, PriceRows
from centavo.pricing.quote import Quote, quotes
from centavo.pricing.slices import PriceSlice
from centavo.pricing.statement import price_statement
from centavo.pricing.tiers import STANDARD, TIERS, Tier

if TYPE_CHECKING:
    import duckdb
    from genai_prices.units import UnitRegistry

    from centavo.pricing.problems import PriceProblem

__all__ = ["PriceBook"]

_TABLE_NUMBER = count(1)
_SNAPSHOT_FORMAT = "1"  # raised when the same prices would cost a request differently


class PriceBook:
    """What everything costs, dated; ``load`` makes one.

    Args:
        catalogue: List prices.
        units: What the ledger's columns count.
        file: The user's own prices.
        history: List prices of earlier days; ``None`` where a book was kept without.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        units: EventUnits,
        *,
        file: PriceFile | None,
        history: PriceHistory | None,
    ) -> None:
        self._catalogue = catalogue
        self._units = units
        self._file = file
        self._history = history
        self._slices: dict[tuple[str, str, Tier], tuple[PriceSlice, ...]] = {}

    @property
    def data(self) -> ListData:
        """The price list."""
        return self._catalogue.data

    @property
    def file(self) -> PriceFile | None:
        """The user's own prices."""
        return self._file

    @property
    def history(self) -> PriceHistory | None:
        """List prices of earlier days."""
        return self._history

    @property
    def units(self) -> EventUnits:
        """What the ledger's columns count, and what a price costs per count."""
        return self._units

    @classmethod
    def load(cls, user_file: Path | None = None) -> "PriceBook":
        """Return the price book of this installation and, over it, a user's price file.

        The list is genai-prices', with earlier prices where it has today's without a date.

        Raises:
            PriceError: The file cannot be opened or is not TOML.
            BadValueError: A value of the file cannot be used; names the line.
        """
        catalogue = Catalogue()
        units = _event_units(catalogue.registry)
        keys = units.price_keys()
        file = None if user_file is None else read_price_file(user_file, keys)
        return cls(catalogue, units, file=file, history=PriceHistory.shipped(keys))

    @classmethod
    def of(
        cls, data: ListData, user_file: tuple[str, bytes] | None, *, history: bytes | None
    ) -> "PriceBook":
        """Return the price book of a list and of files' contents, as once kept.

        Args:
            data: The list.
            user_file: Name and content of the user's price file.
            history: Content of the price history.

        Raises:
            InputError: A content is not TOML or YAML.
            BadValueError: A value of a file cannot be used; names the line.
        """
        catalogue = Catalogue(data)
        units = _event_units(catalogue.registry)
        keys = units.price_keys()
        return cls(
            catalogue,
            units,
            file=parse_price_file(*user_file, price_keys=keys) if user_file else None,
            history=None if history is None else PriceHistory.of(history, keys),
        )

    def without_file(self) -> "PriceBook":
        """Return the list alone, without the user's own prices."""
        return PriceBook(self._catalogue, self._units, file=None, history=self._history)

    @cached_property
    def snapshot_id(self) -> str:
        """12 hex digits that change when the list, its history, its library or the user's file does."""
        digest = sha256(_SNAPSHOT_FORMAT.encode())
        digest.update(self._catalogue.data.fingerprint)
        if self._history is not None:
            digest.update(self._history.content)
        if self._file is not None:
            digest.update(self._file.name.encode() + b"\0" + self._file.content)
        return digest.hexdigest()[:12]

    def select(self, connection: "duckdb.DuckDBPyConnection", relation: str) -> str:
        """Return a SELECT of the relation's columns with the cost columns added or replaced.

        The relation is scanned once here, for its distinct names, and again by the statement.
        The prices are put into a temporary table of this connection; the statement must run on it.

        Args:
            connection: DuckDB connection with ``TimeZone`` UTC.
            relation: SELECT or table name with at least provider, requested_model,
                answered_model, processing_tier, started_at, is_error and every token column.

        Raises:
            PriceError: The user's file gives a part a price and its whole none.
        """
        keys = connection.execute(
            "SELECT DISTINCT provider, requested_model, answered_model, processing_tier"
            f" FROM ({relation}) AS events ORDER BY ALL"
        ).fetchall()
        rows = PriceRows(self._units)
        for names in cast("list[tuple[str | None, str | None, str | None, str | None]]", keys):
            key = EventKey(*names)
            rows.add(key, self.priced(key))
        table = f"centavo_price_rows_{next(_TABLE_NUMBER)}"
        rows.create_table(connection, table)
        return price_statement(relation, table, rows, snapshot_id=self.snapshot_id)

    def show(
        self, model: str, at: datetime | None = None, provider: str | None = None
    ) -> list[Quote]:
        """Return the prices of a model: every unit, tier and variant, in the order of time.

        Args:
            model: As in a log or in the price book.
            at: Only prices that hold at this instant (a naive one is UTC); ``None`` for all.
            provider: Provider that serves it; ``None`` for the one that its name tells, or else
                every provider that serves it.

        Raises:
            PriceError: Neither the price list nor the user's file knows the model.
        """
        if at is not None and at.tzinfo is not None:
            at = at.astimezone(UTC).replace(tzinfo=None)
        per = {key: self._units.per(key) for key in self._units.price_keys()}
        found: list[Quote] = []
        for served_by in self._providers_of(model, provider):
            for tier in TIERS:
                priced = self.priced(EventKey(served_by, model, None, tier))
                name = priced.provider or served_by
                slices = [piece for piece in priced.slices if at is None or piece.holds(at)]
                found += quotes(
                    slices, provider=name or "", model=priced.model or model, tier=tier, per=per
                )
        if not found:
            raise self._not_found(model, provider, at)
        return found

    def models(self) -> list[tuple[str, str]]:
        """Return (provider, model) of every model of the price list, sorted."""
        return sorted({(listed.provider, listed.model) for listed in self._catalogue.models()})

    def priced(self, key: EventKey) -> Priced:
        """Return what the book says of a request's names: the answering model before the asked."""
        tier = _tier(key.processing_tier)
        names = [name for name in (key.answered_model, key.requested_model) if name]
        if tier is None:
            return Priced(None, (), "no_price_for_tier")
        if not names:
            return Priced(None, (), "no_model")
        problem: PriceProblem | None = None
        listed: ListedModel | None = None
        slices: tuple[PriceSlice, ...] = ()
        for name in names:
            found = self._catalogue.find(key.provider, name)
            if isinstance(found, ListedModel):
                listed = found
                slices = self._listed_slices(listed, tier, name=name)
                break
            problem = problem or found
        model = names[0] if listed is None else listed.model
        slices = self._with_file(key, listed, tier, slices)
        if listed is not None or problem is None:
            problem = "no_price_at_date" if tier == STANDARD else "no_price_for_tier"
        return Priced(model, slices, problem, listed.provider if listed else None)

    def everything(self) -> Iterator[tuple[str, str, Tier, tuple[PriceSlice, ...]]]:
        """Iterate over (provider, model, tier, prices) of the list and of the user's file.

        Entries of the file with a wildcard in their model name none; they are in the prices of
        those of the list that they cover. A model for every provider has ``*`` as provider.
        """
        seen: set[tuple[str, str]] = set()
        for listed in self._catalogue.models():
            seen.add((listed.provider, listed.model))
            for tier in TIERS:
                key = EventKey(listed.provider, listed.model, None, tier)
                slices = self._with_file(
                    key, listed, tier, self._listed_slices(listed, tier, name=listed.model)
                )
                if slices:
                    yield listed.provider, listed.model, tier, slices
        for entry in self._file.prices if self._file else ():
            provider, model = entry.scope.provider, entry.scope.model
            if (provider, model) in seen or _has_wildcard(model):
                continue
            if provider != "*" and _has_wildcard(provider):
                continue
            seen.add((provider, model))
            for tier in TIERS:
                key = EventKey(None if provider == "*" else provider, model, None, tier)
                priced = self.priced(key)
                if priced.slices:
                    yield provider, priced.model or model, tier, priced.slices

    def _listed_slices(
        self, listed: ListedModel, tier: Tier, *, name: str
    ) -> tuple[PriceSlice, ...]:
        """Return the list prices of a model, with those of earlier days of the name asked for."""
        place = (listed.provider, listed.model, tier)
        if place not in self._slices:
            self._slices[place] = self._catalogue.slices(listed, tier)
        found = self._slices[place]
        if self._history is None or tier != STANDARD:
            return found
        return self._history.laid_over(found, provider=listed.provider, name=name)

    def _with_file(
        self,
        key: EventKey,
        listed: ListedModel | None,
        tier: Tier,
        slices: tuple[PriceSlice, ...],
    ) -> tuple[PriceSlice, ...]:
        """Return the list prices with the user's own laid over them."""
        if self._file is None:
            return slices
        models = {name.lower() for name in (key.answered_model, key.requested_model) if name}
        providers = {key.provider.strip().lower()} if key.provider else set[str]()
        if listed is not None:
            models.add(listed.model.lower())
            providers.add(listed.provider.lower())
        prices = [it for it in self._file.prices if it.scope.covers(providers, models, tier)]
        discounts = [it for it in self._file.discounts if it.scope.covers(providers, models, tier)]
        if not prices and not (discounts and slices):
            return slices
        merged = overlay(
            slices,
            prices,
            discounts,
            file_name=self._file.name,
            list_currency=LIST_CURRENCY,
        )
        for piece in merged:
            try:
                self._units.check(piece.price_set.prices)
            except ValueError as error:
                raise PriceError(
                    f"{self._file.name}: prices of {', '.join(sorted(models))} are not complete: "
                    f"{error}",
                    hint="A part (cache_read_mtok) needs a price of its whole (input_mtok) too.",
                ) from error
        return merged

    def _providers_of(self, model: str, provider: str | None) -> list[str | None]:
        if provider is not None:
            return [provider]
        if isinstance(self._catalogue.find(None, model), ListedModel):
            return [None]
        name = model.lower()
        serving = {provider for provider, known in self.models() if known == name}
        for entry in self._file.prices if self._file else ():
            if entry.scope.model == name:
                serving.add(entry.scope.provider)
        return [*sorted(serving)] or [None]

    def _not_found(self, model: str, provider: str | None, at: datetime | None) -> PriceError:
        names = sorted(
            {known for served_by, known in self.models() if provider in {None, served_by}}
        )
        where = f" at {provider}" if provider else ""
        when = f" on {at:%Y-%m-%d}" if at else ""
        close = get_close_matches(model, names, n=5, cutoff=0.5)
        return PriceError(
            f"the price book has no price of {model!r}{where}{when}",
            hint=f"Near: {', '.join(close)}." if close else "Add it to your own price file.",
        )


def _has_wildcard(name: str) -> bool:
    return any(sign in name for sign in "*?[")


def _tier(stated: str | None) -> Tier | None:
    """Return the tier of a request: standard where the log says nothing, ``None`` if unknown."""
    name = STANDARD if stated is None else stated.strip().lower()
    return next((tier for tier in TIERS if tier == name), None)


@lru_cache(maxsize=4)
def _event_units(registry: "UnitRegistry") -> EventUnits:
    """Return the units of a registry with the shapes of price sets that any book has asked for."""
    return EventUnits(registry)

"""Prices on which the price book and a second opinion disagree, and the money that it moves.

A dispute is shown, never resolved: the price book goes on pricing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal

from centavo.money import LEDGER_DECIMALS, Money
from centavo.pricing.book import PriceBook
from centavo.pricing.catalogue import LIST_CURRENCY
from centavo.pricing.dispute_causes import Cause, Evidence, likely_cause
from centavo.pricing.event_units import EXACT
from centavo.pricing.price_rows import EventKey, Priced
from centavo.pricing.recent_usage import NamedUsage
from centavo.pricing.second_opinion import OPINION_CURRENCY, OpinionEntry, SecondOpinion
from centavo.pricing.slices import PriceSet, UnitPrice
from centavo.pricing.tiers import STANDARD, TIERS, Tier

__all__ = ["Comparison", "Dispute", "compare_with", "price_thresholds"]

# Where a unit has no price of its own, it costs what the unit costs that it is part of.
_WHOLE: Mapping[str, str] = {
    "cache_read_mtok": "input_mtok",
    "cache_write_mtok": "input_mtok",
    "cache_write_5m_mtok": "cache_write_mtok",
    "cache_write_1h_mtok": "cache_write_mtok",
    "input_audio_mtok": "input_mtok",
    "output_audio_mtok": "output_mtok",
    "output_reasoning_mtok": "output_mtok",
}


@dataclass(frozen=True)
class Dispute:
    """Two prices of one unit.

    Attributes:
        provider: As in the log, or in the price list.
        model: As the price book names it.
        tier: Processing tier.
        unit: Price key.
        over_input_tokens: The prices are for requests with more input than this; 0 for all.
        ours: The price book's price, per ``per`` units; ``None`` where it has none of its own.
        ours_currency: Currency of ``ours``.
        ours_source: Where it comes from.
        theirs: The second opinion's price, USD.
        theirs_key: Its entry.
        per: Number of units that a price is for.
        difference: (theirs - ours) / ours; ``None`` where that says nothing.
        cause: Likely cause.
        detail: What else is known of the cause.
        at_stake: What the usage would cost more (or less, if negative) at their price; ``None``
            without usage or in two currencies.
    """

    provider: str
    model: str
    tier: Tier
    unit: str
    over_input_tokens: int
    ours: Decimal | None
    ours_currency: str
    ours_source: str
    theirs: Decimal | None
    theirs_key: str
    per: int
    difference: Decimal | None
    cause: Cause
    detail: str
    at_stake: Money | None


@dataclass(frozen=True)
class Comparison:
    """The outcome of comparing two lists.

    Attributes:
        disputes: The most money first.
        models: Number of (model, tier) that both have.
        agreed: Of these, the number without a dispute.
        not_there: (provider, model, tier) that the second opinion does not have.
    """

    disputes: tuple[Dispute, ...]
    models: int
    agreed: int
    not_there: tuple[tuple[str, str, Tier], ...]


def price_thresholds(book: PriceBook, opinion: SecondOpinion) -> list[int]:
    """Return every input length above which a price of either side changes."""
    ours = [
        threshold
        for _, _, _, slices in book.everything()
        for piece in slices
        for price in piece.price_set.prices.values()
        for threshold, _ in price.above
    ]
    theirs = [
        threshold
        for entry in opinion.entries
        for prices in entry.prices.values()
        for price in prices.values()
        for threshold, _ in price.above
    ]
    return sorted({*ours, *theirs})


def compare_with(
    book: PriceBook, opinion: SecondOpinion, usage: Sequence[NamedUsage] | None, *, now: datetime
) -> Comparison:
    """Return where the two lists disagree today, with the money at stake.

    Args:
        book: The price book.
        opinion: The second opinion.
        usage: Only these models, with their counts; ``None`` for every model of the list.
        now: The moment, aware.
    """
    at = now.astimezone(UTC).replace(tzinfo=None)
    subjects = _all_subjects(book) if usage is None else _used_subjects(book, usage)
    disputes: list[Dispute] = []
    missing: list[tuple[str, str, Tier]] = []
    models = agreed = 0
    for subject in subjects:
        entry = opinion.find(
            subject.priced.provider,
            subject.names,
            tier=subject.tier,
            logged_as=subject.key.provider,
        )
        theirs = entry.of_tier(subject.tier) if entry else None
        if entry is None or theirs is None:
            missing.append((subject.provider, subject.priced.model or "", subject.tier))
            continue
        models += 1
        found = list(_Pair(book, subject, entry, theirs, at).disputes())
        agreed += not found
        disputes += found
    disputes.sort(key=_weight)
    return Comparison(tuple(disputes), models, agreed, tuple(missing))


@dataclass(frozen=True)
class _Subject:
    """A model in one tier, as the log or the list names it, with its usage."""

    key: EventKey
    tier: Tier
    priced: Priced
    names: tuple[str | None, ...]
    usage: tuple[NamedUsage, ...]

    @property
    def provider(self) -> str:
        return self.key.provider or self.priced.provider or ""


def _all_subjects(book: PriceBook) -> Iterable[_Subject]:
    for provider, model, tier, slices in book.everything():
        priced = Priced(model, slices, "no_price_at_date", provider)
        yield _Subject(EventKey(provider, model, None, tier), tier, priced, (model,), ())


def _used_subjects(book: PriceBook, usage: Sequence[NamedUsage]) -> Iterable[_Subject]:
    """Yield one subject for each model and tier, the usage of all its names together."""
    found: dict[tuple[str, str, Tier], _Subject] = {}
    for named in usage:
        key = named.key
        stated = key.processing_tier or STANDARD
        tier: Tier | None = next((it for it in TIERS if it == stated), None)
        priced = book.priced(key)
        if tier is None or priced.model is None:
            continue
        place = (key.provider or "", priced.model, tier)
        names = (key.answered_model, key.requested_model, priced.model)
        known = found.get(place)
        if known is None:
            provider = priced.provider or key.provider
            found[place] = _Subject(key, tier, replace(priced, provider=provider), names, (named,))
        else:
            more = tuple(name for name in names if name not in known.names)
            found[place] = replace(known, usage=(*known.usage, named), names=(*known.names, *more))
    yield from found.values()


@dataclass(frozen=True)
class _Pair:
    """One model in both lists."""

    book: PriceBook
    subject: _Subject
    entry: OpinionEntry
    theirs: Mapping[str, UnitPrice]
    at: datetime

    def disputes(self) -> Iterable[Dispute]:
        ours = self._holding(self.subject.priced)
        prices = dict(ours.prices) if ours else {}
        counted = set(self.book.units.price_keys())
        units = [unit for unit in {**prices, **self.theirs} if unit in counted]
        # A whole before its parts: the amounts then add up to what the whole difference costs.
        for unit in sorted(units, key=lambda unit: (_depth(unit), unit)):
            theirs = _effective(self.theirs, unit)
            if theirs is None:
                continue
            yield from self._unit(unit, ours, prices, theirs)
            prices[unit] = theirs

    def _unit(
        self, unit: str, ours: PriceSet | None, prices: Mapping[str, UnitPrice], theirs: UnitPrice
    ) -> Iterable[Dispute]:
        """Yield the disputes on one unit: one for each range of input lengths that has its own."""
        own = ours.prices.get(unit) if ours else None
        effective = _effective(ours.prices, unit) if ours else None
        swapped = {**prices, unit: theirs}
        for low, end in _disputed_ranges(effective, theirs):
            stake = self._at_stake(prices, swapped, ours, (low, end))
            yield self._dispute(unit, low, ours=(ours, own), stake=stake)

    def _dispute(
        self,
        unit: str,
        over: int,
        *,
        ours: tuple[PriceSet | None, UnitPrice | None],
        stake: Money | None,
    ) -> Dispute:
        price_set, own = ours
        length = over + 1 if over else 0
        stated = self.theirs.get(unit)
        our_price = own.at(length) if own else None
        their_price = stated.at(length) if stated else None
        currency = price_set.currency if price_set else LIST_CURRENCY
        cause, detail = ("currency", f"{currency} and {OPINION_CURRENCY}")
        difference: Decimal | None = None
        if currency == OPINION_CURRENCY:
            cause, detail = likely_cause(our_price, their_price, self._evidence(unit, length))
            if our_price and their_price is not None:
                difference = EXACT.divide(EXACT.subtract(their_price, our_price), our_price)
        return Dispute(
            provider=self.subject.provider,
            model=self.subject.priced.model or "",
            tier=self.subject.tier,
            unit=unit,
            over_input_tokens=over,
            ours=our_price,
            ours_currency=currency,
            ours_source=price_set.source if price_set else "",
            theirs=their_price,
            theirs_key=self.entry.key,
            per=self.book.units.per(unit),
            difference=difference,
            cause=cause,
            detail=detail,
            at_stake=stake,
        )

    def _evidence(self, unit: str, length: int) -> Evidence:
        listed: Decimal | None = None
        if self.book.file is not None:
            found = self._holding(self.book.without_file().priced(self.subject.key))
            price = found.prices.get(unit) if found else None
            listed = price.at(length) if price else None
        batch: Decimal | None = None
        if self.subject.tier != "batch":
            found = self._holding(
                self.book.priced(replace(self.subject.key, processing_tier="batch"))
            )
            price = found.prices.get(unit) if found else None
            batch = price.at(length) if price else None
        return Evidence(
            unit=unit,
            input_tokens=length,
            slices=self.subject.priced.slices,
            now=self.at,
            listed=listed,
            batch=batch,
            opinion=self.theirs.get(unit),
        )

    def _holding(self, priced: Priced) -> PriceSet | None:
        return next((it.price_set for it in priced.slices if it.holds(self.at)), None)

    def _at_stake(
        self,
        prices: Mapping[str, UnitPrice],
        swapped: Mapping[str, UnitPrice],
        ours: PriceSet | None,
        lengths: tuple[int, int | None],
    ) -> Money | None:
        """Return what the usage in a range of input lengths costs more with one price swapped."""
        if not self.subject.usage or (ours and ours.currency != OPINION_CURRENCY):
            return None
        over, until = lengths
        total = Decimal(0)
        for usage in self.subject.usage:
            length = usage.input_tokens
            if (over and length <= over) or (until is not None and length > until):
                continue
            before = self.book.units.coefficients(prices, input_tokens=length)
            after = self.book.units.coefficients(swapped, input_tokens=length)
            for column in {*before, *after}:
                more = EXACT.subtract(after.get(column, Decimal(0)), before.get(column, Decimal(0)))
                count = usage.requests if column == "requests" else usage.counts.get(column, 0)
                total = EXACT.add(total, EXACT.multiply(more, Decimal(count)))
        return Money(EXACT.quantize(total, LEDGER_DECIMALS), OPINION_CURRENCY)


def _disputed_ranges(ours: UnitPrice | None, theirs: UnitPrice) -> Iterable[tuple[int, int | None]]:
    """Yield (over, until) of input lengths in which two prices differ, as wide as they stay so."""
    edges = sorted({0, *(edge for price in (ours, theirs) if price for edge, _ in price.above)})
    pairs = [(ours.at(edge + 1) if ours else None, theirs.at(edge + 1)) for edge in edges]
    starts = [n for n in range(len(edges)) if n == 0 or pairs[n] != pairs[n - 1]]
    for place, start in enumerate(starts):
        if pairs[start][0] != pairs[start][1]:
            following = starts[place + 1 : place + 2]
            yield edges[start], edges[following[0]] if following else None


def _effective(prices: Mapping[str, UnitPrice], unit: str) -> UnitPrice | None:
    """Return the price of a unit, or of the unit that it is part of."""
    if unit in prices:
        return prices[unit]
    return _effective(prices, _WHOLE[unit]) if unit in _WHOLE else None


def _depth(unit: str) -> int:
    return 1 + _depth(_WHOLE[unit]) if unit in _WHOLE else 0


def _weight(dispute: Dispute) -> tuple[Decimal, str, str, str]:
    stake = abs(dispute.at_stake.amount) if dispute.at_stake else Decimal(0)
    return (-stake, dispute.provider, dispute.model, dispute.unit)

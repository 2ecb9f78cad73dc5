"""Why a bill's price is another one: it is that of another tier, context, cache class or region."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal

from centavo.errors import PriceError
from centavo.ledger.ledger import Ledger
from centavo.pricing import PriceBook, Quote
from centavo.pricing.tiers import STANDARD
from centavo.reconciliation.preparing import fill_table, read_sql

__all__ = ["explain_prices"]

# Providers price a region 10 % above the global endpoint (Anthropic and Google on their price
# pages; 172 of 260 disputes between two price lists are this very factor).
_PREMIUM = Decimal("1.1")
_UNITS = {
    "input": "input_mtok",
    "cache_read": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "output": "output_mtok",
}
# A unit that a token class is sometimes billed as: its cause.
_OTHER_UNITS = {"cache_write": ("cache_write_1h_mtok",)}


@dataclass
class _Known:
    """Quotes of each model, asked once."""

    book: PriceBook
    quotes: dict[tuple[str, str], list[Quote]] = field(
        default_factory=dict[tuple[str, str], list[Quote]]
    )

    def of(self, provider: str, model: str, day: date) -> Iterator[Quote]:
        """Yield the prices of a day; those of other tiers also where the list begins later.

        A price list often learns of a tier long after the provider sold it, and its factor holds.
        """
        key = (provider, model)
        if key not in self.quotes:
            try:
                self.quotes[key] = self.book.show(model, None, provider)
            except PriceError:
                self.quotes[key] = []
        noon = datetime.combine(day, time(12))
        for quote in self.quotes[key]:
            since, until = quote.valid_from, quote.valid_to
            begun = since is None or since <= noon or quote.variant != STANDARD
            if begun and (until is None or noon < until):
                yield quote


def explain_prices(ledger: Ledger, book: PriceBook) -> None:
    """Fill ``reconcile_price_reasons``: for two prices of a cell, the cause of their difference.

    Looks at ``reconcile_priced`` and there only at cells whose prices differ by more than the bill
    rounds.
    """
    cells = ledger.rows(
        """SELECT DISTINCT provider, model, token_class, tier, day FROM reconcile_priced
        WHERE meter_price > 0 AND bill_price > 0
          AND abs((bill_price - meter_price)::DOUBLE * reference_quantity::DOUBLE) > tolerance::DOUBLE * 1e6"""
    )
    known = _Known(book)
    rows: list[tuple[object, ...]] = []
    for provider, model, token_class, tier, day in cells:
        if not isinstance(day, date):
            continue
        names = (str(provider), str(model), str(token_class), str(tier))
        rows += [(*names, day, factor, cause) for factor, cause in _factors(known, names, day)]
    fill_table(
        ledger,
        "reconcile_price_factors",
        "provider VARCHAR, model VARCHAR, token_class VARCHAR, tier VARCHAR, day DATE, "
        "factor DOUBLE, cause VARCHAR",
        rows,
    )
    ledger.rows(read_sql("price_reasons"))


def _factors(
    known: _Known, names: tuple[str, str, str, str], day: date
) -> Iterator[tuple[float, str]]:
    """Yield by what factor a price would differ for each cause."""
    provider, model, token_class, tier = names
    yield float(_PREMIUM), "premium"
    unit = _UNITS.get(token_class)
    quotes = list(known.of(provider, model, day))
    base = [
        q.price
        for q in quotes
        if q.unit == unit and q.variant == tier and q.tier_from_input_tokens == 0 and q.price
    ]
    if not base:
        return
    for quote in quotes:
        cause = "tier" if quote.unit == unit else ""
        if quote.unit in _OTHER_UNITS.get(token_class, ()) and quote.variant == tier:
            cause = "cache"
        if cause and quote.price and quote.price != base[0]:
            yield float(quote.price / base[0]), cause

"""The user's prices laid over the list: who wins, where, in which currency."""

from collections.abc import Sequence
from datetime import datetime

from centavo.pricing.price_file import Discount, NegotiatedPrice
from centavo.pricing.slices import PriceSet, PriceSlice, UnitPrice, cut

__all__ = ["overlay"]


def overlay(
    listed: Sequence[PriceSlice],
    prices: Sequence[NegotiatedPrice],
    discounts: Sequence[Discount],
    *,
    file_name: str,
    list_currency: str,
) -> tuple[PriceSlice, ...]:
    """Return the prices that hold when the file's entries for a model are applied.

    A negotiated price replaces the list price of the same unit and leaves the other units at the
    list, times the discount. A negotiated price in another currency stands alone, because a
    request cannot cost two currencies. Where two entries meet, the later one of the file wins.

    Args:
        listed: List prices; empty where the model is not listed.
        prices: Negotiated prices that cover the model, in the file's order.
        discounts: Discounts that cover the model, in the file's order.
        file_name: For the source of the prices.
        list_currency: Currency of the list prices.
    """

    def price_set_at(at: datetime) -> PriceSet | None:
        base = next((piece.price_set for piece in listed if piece.holds(at)), None)
        factor = next((it.factor for it in reversed(discounts) if it.scope.holds(at)), None)
        entries = [entry for entry in prices if entry.scope.holds(at)]
        currency = entries[-1].currency if entries else list_currency
        merged: dict[str, UnitPrice] = {}
        sources: list[str] = [file_name] if entries else []
        if base is not None and base.currency == currency:
            merged.update(base.prices)
            sources.append(base.source)
            if factor is not None:
                merged = {key: price.scaled(factor) for key, price in merged.items()}
                sources = [file_name, base.source]
        for entry in entries:
            if entry.currency == currency:
                merged.update(entry.prices)
        if not sources:
            return None
        if entries and base is not None and not base.prices.keys() - entries[-1].prices.keys():
            sources = [file_name]
        return PriceSet(merged, currency, ", ".join(sources))

    edges = [piece.valid_from for piece in listed] + [piece.valid_to for piece in listed]
    scopes = [entry.scope for entry in (*prices, *discounts)]
    edges += [scope.valid_from for scope in scopes] + [scope.valid_to for scope in scopes]
    hours = [edge for piece in listed for edge in (piece.day_from_us, piece.day_to_us)]
    return cut(edges, hours, price_set_at)

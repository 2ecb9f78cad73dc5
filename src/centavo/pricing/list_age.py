"""How old a price list is, by what it knows: a list has no date of its own, its newest price has."""

from datetime import date

from centavo.pricing.book import PriceBook

__all__ = ["STALE_DAYS", "newest_price_day"]

# Providers change or add prices every few weeks: a list that knows of none for longer has likely missed one.
STALE_DAYS = 60


def newest_price_day(book: PriceBook, *, today: date) -> date | None:
    """Return the day of the newest dated price that holds today; ``None`` where no price is dated."""
    from genai_prices.types import StartDateConstraint

    days: list[date] = []
    for provider in book.data.providers:
        for model in provider.models:
            prices = model.prices if isinstance(model.prices, list) else []
            limits = (price.constraint for price in prices)
            days += [each.start_date for each in limits if isinstance(each, StartDateConstraint)]
    return max((day for day in days if day <= today), default=None)

"""Models that could do the work instead: of the price book, still served, and of the same provider."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from centavo.findings import RuleSettings
from centavo.modelfit.families import Member
from centavo.modelfit.profiles import Profile
from centavo.pricing import PriceBook
from centavo.pricing.price_rows import EventKey
from centavo.pricing.shutdowns import Shutdowns

__all__ = ["provider_models", "served"]

# Moving takes weeks: what ends within half a year is no place to move to.
_LEAST_DAYS_LEFT = 180


def provider_models(book: PriceBook, profile: Profile) -> list[str]:
    """Return the models of the provider that priced the profile's requests."""
    provider = profile.scope.get("provider")
    priced = book.priced(EventKey(provider, profile.model, None, None))
    return [name for served_by, name in book.models() if served_by == (priced.provider or provider)]


def served(
    members: Sequence[Member], profile: Profile, *, book: PriceBook, settings: RuleSettings
) -> list[Member]:
    """Return those that had a price on every day of the profile and do not end soon."""
    shutdowns = Shutdowns.load(settings.shutdowns)
    provider = profile.scope.get("provider")
    limit = settings.now.date() + timedelta(days=_LEAST_DAYS_LEFT)
    found: list[Member] = []
    for member in members:
        ending = shutdowns.find(provider or "", [member.name])
        slices = book.priced(EventKey(provider, member.name, None, None)).slices
        days = (profile.first_day, profile.until - timedelta(days=1))
        is_priced = all(any(piece.holds(_noon(day)) for piece in slices) for day in days)
        if is_priced and (ending is None or ending.day > limit):
            found.append(member)
    return found


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC).replace(tzinfo=None)

"""Long context barely used: most requests are just beyond the length where every token costs more.

What it finds:
    Callers most of whose requests are longer than the threshold above which the model's price rises for
    the whole request, and longer by little.

Why it costs:
    Beyond the threshold all tokens of the request are dearer, not only those beyond it: input twice and
    output one and a half times as much at the models that have such a price.

How it is measured:
    The threshold is the price book's. Share of the requests above it at least `share_above`, and the
    95th percentile of the input at most `margin` of it. Money = cost less that of the same requests
    with the input cut to the threshold, in 30 days.

When it is wrong:
    The last documents of the context may be the ones that matter.

Example:
    extracao /v1/contrato (gemini-2.5-pro): 80 % of its requests pass 200,000 tokens and few pass
    220,000; cut to 200,000 they cost 48 % less.
"""

from collections.abc import Sequence
from decimal import Decimal

from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.ledger.ledger import Ledger
from centavo.message import message, percent
from centavo.modelfit.otherwise import cost_otherwise
from centavo.modelfit.profiles import Profile, profiles
from centavo.modelfit.rules.saying import about
from centavo.period import Period
from centavo.pricing import PriceBook
from centavo.pricing.price_rows import EventKey
from centavo.pricing.recent_usage import period_sql
from centavo.savings.traffic import INPUT_COLUMNS

__all__ = ["RULE"]

_FEWEST = 30
_LENGTH = " + ".join(f"coalesce({name}, 0)" for name in INPUT_COLUMNS)


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each caller that passes the threshold by little."""
    known = profiles(ledger, period)
    if not known:
        return Blind("the ledger holds no requests")
    book = PriceBook.load()
    found: list[Finding] = []
    for profile in known:
        limit = _threshold(book, profile)
        if limit is None or not _is_near(ledger, profile, limit, period=period, settings=settings):
            continue
        cut = {
            name: f"({name}::HUGEINT * {limit} // ({_LENGTH}))::BIGINT"
            for name in (*INPUT_COLUMNS, "input_text_tokens", "cache_read_text_tokens")
        }
        condition = f"{profile.condition} AND ({_LENGTH}) > {limit}"
        other = cost_otherwise(ledger, condition, cut, period=period, book=book)
        if other and other.saved > 0:
            found.append(
                about(
                    RULE,
                    profile,
                    sentence=message(
                        "{place}: most requests pass {count} input tokens, few by much; cut to that they cost "
                        "{share} less.",
                        place=f"{profile.place} ({profile.model})",
                        count=limit,
                        share=percent(other.share),
                    ),
                    saved=other.saved,
                    to_do=message(
                        "Keep the context below {count} tokens: fewer documents, or the older turns summed up.",
                        count=limit,
                    ),
                )
            )
    return found


def _threshold(book: PriceBook, profile: Profile) -> int | None:
    """Return the least input above which the model's price rises; ``None`` where none does."""
    slices = book.priced(EventKey(profile.scope.get("provider"), profile.model, None, None)).slices
    tiers = [
        threshold
        for piece in slices
        for price in piece.price_set.prices.values()
        for threshold, _ in price.above
    ]
    return min(tiers, default=None)


def _is_near(
    ledger: Ledger, profile: Profile, limit: int, *, period: Period, settings: RuleSettings
) -> bool:
    longest = profile.number("input_p95")
    if profile.requests < _FEWEST or longest is None or longest <= limit:
        return False
    if longest > limit * settings.limits["margin"]:
        return False
    rows = ledger.rows(
        f"SELECT avg((({_LENGTH}) > {limit})::INTEGER)::DECIMAL(18,6) FROM metered_events "
        f"WHERE {profile.condition} AND cost IS NOT NULL AND {period_sql(period)}"
    )
    share = rows[0][0]
    return isinstance(share, Decimal) and share >= settings.limits["share_above"]


RULE = Rule(
    "FIT203",
    "long_context",
    find,
    __doc__ or "",
    (
        Threshold(
            "share_above",
            Decimal("0.5"),
            "share of requests",
            "Where fewer pass it, the length is the task's and not a habit.",
        ),
        Threshold(
            "margin",
            Decimal("1.25"),
            "of the threshold",
            "A judgement, not a measurement: what is more than a fifth too long is not trimmed by ranking.",
        ),
    ),
)

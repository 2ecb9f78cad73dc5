"""Model about to be shut down or repriced: today's cost will not be tomorrow's.

What it finds:
    Models in use that the provider shuts down within `ahead_days`, or shut down since the data ends,
    and models whose list price changes on a day that is known.

Why it costs:
    After a shutdown requests fail, or are sent on to a successor at its price. Who moves in time
    chooses the price; who does not, takes what is left.

How it is measured:
    Cost by model in the last 30 days, held against the dated list of shutdowns (docs/price-book.md;
    your own entries come first) and the price book's future prices. The money is exposed.

When it is wrong:
    The list is kept by hand and says when it was last gone through; an entry "not before" is a
    promise, not a date. Contracts may keep a model for you.

Example:
    a-model (openai) is shut down on 2027-01-14, successor b-model: 189.50 USD in 30 days depend on it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from centavo.consumption.rules.asking import ask
from centavo.consumption.spend_tables import SpendTables, spend_tables
from centavo.findings import Blind, Finding, Rule, RuleSettings, Threshold
from centavo.findings.pace import per_30_days
from centavo.findings.question import Answer, Row, amount_of, day_of, days_from, text_of
from centavo.ledger.ledger import Ledger
from centavo.message import N_, Value, Words, message
from centavo.period import Period
from centavo.pricing import PriceBook
from centavo.pricing.price_rows import EventKey
from centavo.pricing.shutdowns import Shutdown, Shutdowns
from centavo.pricing.slices import PriceSlice

__all__ = ["RULE"]

# By whether the end is announced, and a successor named.
_ENDS: dict[tuple[bool, bool], str] = {
    (True, True): N_(
        "{place} is shut down on {date}, successor {other}: {money} in 30 days depend on it."
    ),
    (True, False): N_("{place} is shut down on {date}: {money} in 30 days depend on it."),
    (False, True): N_(
        "{place} stays at least until {date}, successor {other}: {money} in 30 days depend on it."
    ),
    (False, False): N_("{place} stays at least until {date}: {money} in 30 days depend on it."),
}


def find(ledger: Ledger, period: Period, settings: RuleSettings) -> Sequence[Finding] | Blind:
    """Return one finding for each model in use that ends, or whose price changes on a known day."""
    held = spend_tables(ledger, period, settings)
    answer = ask(ledger, "model_spend", recent=held.recent())
    if not answer.rows:
        return Blind("no spend names a model")
    shutdowns = Shutdowns.load(settings.shutdowns)
    limit = settings.now.date() + timedelta(days=int(settings.limits["ahead_days"]))
    book = PriceBook.load()
    found: list[Finding] = []
    for row in answer.rows:
        ending = shutdowns.find(text_of(row, "provider"), [text_of(row, "model")])
        if ending is not None and day_of(row, "last_day") < ending.day <= limit:
            found.append(_ending(answer, row, ending, held))
            continue
        for change in _coming(book, row, settings.now, limit):
            found.append(_repriced(answer, row, change, held))
            break
    return found


def _coming(book: PriceBook, row: Row, now: datetime, limit: date) -> Iterable[PriceSlice]:
    """Yield the prices of a model that begin to hold after now, the next first."""
    priced = book.priced(EventKey(text_of(row, "provider"), text_of(row, "model"), None, None))
    present = now.astimezone(UTC).replace(tzinfo=None)
    coming = [s for s in priced.slices if present < s.valid_from and s.valid_from.date() <= limit]
    yield from sorted(coming, key=lambda each: each.valid_from)


def _ending(answer: Answer, row: Row, ending: Shutdown, held: SpendTables) -> Finding:
    named = N_(
        "Try {other} on recorded requests before that day and price it (`centavo prices`). Source: {source}, "
        "read {date}."
    )
    unnamed = N_(
        "Try a successor on recorded requests before that day and price it (`centavo prices`). Source: "
        "{source}, read {date}."
    )
    other = ending.successor or ""
    return _finding(
        answer, row, held,
        said=_ENDS[ending.certainty == "announced", bool(other)],
        values={"date": ending.day, "other": other},
        to_do=message(
            named if other else unnamed, other=other, source=ending.source, date=ending.as_of
        ),
    )  # fmt: skip


def _repriced(answer: Answer, row: Row, change: PriceSlice, held: SpendTables) -> Finding:
    return _finding(
        answer, row, held,
        said=N_("{place} has another list price from {date} ({source}): {money} in 30 days depend on it."),
        values={"date": change.valid_from.date(), "source": change.price_set.source},
        to_do=N_("Compare both prices (`centavo prices`) and correct budgets and forecasts."),
    )  # fmt: skip


def _finding(
    answer: Answer,
    row: Row,
    held: SpendTables,
    *,
    said: str,
    values: Mapping[str, Value],
    to_do: Words,
) -> Finding:
    days = (held.until - held.recent()).days if held.until else 0
    money = per_30_days(amount_of(row, "cost"), days, text_of(row, "currency"))
    return Finding(
        code=RULE.code,
        subject={"provider": text_of(row, "provider"), "model": text_of(row, "model")},
        sentence=message(
            said,
            place=f"{text_of(row, 'model')} ({text_of(row, 'provider')})",
            money=money.rounded(),
            **values,
        ),
        period=days_from(held.recent(), held.until or held.recent()),
        per_30d=money,
        grade="billed" if row["grade"] == "billed" else "metered",
        money_kind="exposed",
        evidence=answer.evidence([row]),
        to_do=to_do,
        wrong_when=RULE.doc.section("When it is wrong"),
    )


RULE = Rule(
    "CON121",
    "model_ending",
    find,
    __doc__ or "",
    (
        Threshold(
            "ahead_days",
            Decimal(180),
            "days",
            "OpenAI and Anthropic announce shutdowns of generally available models 60 days to a year "
            "ahead; half a year is time for an evaluation.",
        ),
    ),
)

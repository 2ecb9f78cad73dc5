"""Commitments that end while the forecast runs: what they covered then costs its own price."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from importlib.resources import files

from centavo.consumption.commitments import Commitment, commitments
from centavo.consumption.cost_rows import billed_rows_sql
from centavo.consumption.dimensions import filter_sql, key_columns
from centavo.consumption.forecast.daily_costs import DailyCosts
from centavo.consumption.forecast.known_future import Change, Fact
from centavo.consumption.forecast.recent_mix import RECENT_DAYS, Asked
from centavo.ledger.engine import sql_text
from centavo.message import message
from centavo.period import Period

__all__ = ["commitment_changes"]

_MORE = (
    "CASE WHEN CommitmentDiscountId = {id} THEN CASE WHEN CommitmentDiscountStatus = 'Used' "
    "THEN coalesce(ContractedCost, ListCost, BilledCost) ELSE 0 END - BilledCost END"
)


def commitment_changes(asked: Asked, costs: DailyCosts, until: date) -> list[Change]:
    """Return a change for each commitment whose term begins or ends before the end of the forecast.

    Args:
        asked: How cost was asked for; only bills know commitments.
        costs: The history.
        until: End of the forecast.
    """
    if asked.basis != "billed":
        return []
    since = max(costs.first, costs.until - timedelta(days=RECENT_DAYS))
    period = Period(_at(since), _at(costs.until))
    changes: list[Change] = []
    for each in commitments(asked.ledger, period):
        end, begin = _day(each.period_end), _day(each.period_start)
        if end is not None and costs.until <= end < until and each.charges:
            changes.append(_ended(asked, costs, each, (end, period)))
        if begin is not None and costs.until <= begin < until:
            text = message("commitment {id} begins", id=each.commitment_id)
            note = "what it will cover is not known: its effect is not in the forecast"
            changes.append(Change(Fact("commitment", begin, None, text, None, each.origin, note)))
    return changes


def _ended(asked: Asked, costs: DailyCosts, each: Commitment, when: tuple[date, Period]) -> Change:
    end, period = when
    text = message(
        "commitment {id} ends: what it covers costs its own price", id=each.commitment_id
    )
    fact = Fact("commitment", end, None, text, None, each.origin)
    days = (costs.until - max(costs.first, costs.until - timedelta(days=RECENT_DAYS))).days
    more = _more(asked, costs, each.commitment_id, period)
    return Change(fact, per_day=[float(amount) / days for amount in more])


def _more(asked: Asked, costs: DailyCosts, commitment: str, period: Period) -> Sequence[Decimal]:
    names = asked.question.by
    folder = files("centavo.consumption")
    query = folder.joinpath("forecast", "sql", "commitment_ends.sql").read_text(encoding="utf-8")
    found: dict[tuple[object, ...], Decimal] = {}
    text = query.format(
        keys=key_columns(names),
        rows=billed_rows_sql(_MORE.format(id=sql_text(commitment)), "billed"),
        filter=filter_sql(period, asked.question.where),
    )
    for *key, currency, amount in asked.ledger.rows(text):
        if isinstance(amount, Decimal):
            found[*key, currency] = amount
    places = [(*(value for _, value in scope), costs.currency) for scope in costs.scopes]
    return [found.get(place, Decimal(0)) for place in places]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _at(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)

"""What the user plans: growth, launches and ends, each with its days and its reason, from a TOML file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import cast

from centavo.consumption.costs import CostRow
from centavo.consumption.forecast.daily_costs import DailyCosts, ScopeKey
from centavo.consumption.forecast.known_future import Change, Fact
from centavo.consumption.forecast.recent_mix import share_of_scopes
from centavo.errors import CurrencyError
from centavo.ledger.toml_lines import TomlPlace, near_names, read_toml
from centavo.money import Money, currency_code
from centavo.policy import Match, covers, read_match

__all__ = ["Plan", "plan_changes", "read_plans"]

_KEYS = ("note", "from", "until", "match", "percent", "amount", "currency", "ends")
# Days of the month that a monthly amount is spread over: 365 / 12.
_MONTH_DAYS = 365 / 12


@dataclass(frozen=True)
class Plan:
    """One planned change.

    Attributes:
        note: Why; shown with its effect.
        first: First day.
        until: End, excluded; ``None`` without end.
        match: Whose cost it changes; empty for everything.
        percent: What is added to that cost, in percent; -100 for what ends. ``None`` for an amount.
        amount: Added for each month; ``None`` for a percentage.
    """

    note: str
    first: date
    until: date | None
    match: Match
    percent: Decimal | None
    amount: Money | None


def read_plans(path: Path) -> tuple[Plan, ...]:
    """Return the planned changes of a file, in its order.

    Raises:
        ConfigError: The file cannot be used; names file, line, key, value and near names.
    """
    content, top = read_toml(path)
    for key in content:
        if key != "plan":
            raise top.error("is not known", key, hint=near_names(key, ("plan",)))
    listed = content.get("plan", [])
    if not isinstance(listed, list):
        raise top.error("is not a list of tables", "plan", hint="Begin each with [[plan]].")
    return tuple(
        _plan(cast("dict[str, object]", table), top.at("plan", number))
        for number, table in enumerate(cast("list[object]", listed))
    )


def plan_changes(
    plans: Sequence[Plan], costs: DailyCosts, mix: Callable[[tuple[str, ...]], Sequence[CostRow]]
) -> list[Change]:
    """Return one change for each plan that speaks of this currency.

    A percentage touches the matching share of each scope's recent cost. An amount is divided by that
    share's size; what matches nothing yet (a launch) has no scope to stand in unless the whole is asked
    for, and is then said to be left out.

    Args:
        plans: In the order of the file.
        costs: The history.
        mix: Gives recent cost by the scopes' dimensions and further ones.
    """
    changes: list[Change] = []
    for plan in plans:
        if plan.amount is not None and plan.amount.currency != costs.currency:
            continue
        rows = mix(tuple(name for name, _ in plan.match))
        shares = share_of_scopes(
            rows, costs.scopes, costs.currency, lambda row, match=plan.match: covers(match, row)
        )
        changes.append(_change(plan, costs.scopes, _sizes(rows, costs, shares), shares))
    return changes


def _change(
    plan: Plan, scopes: Sequence[ScopeKey], sizes: Sequence[float], shares: Sequence[float]
) -> Change:
    if plan.percent is not None:
        if not any(shares):
            return Change(_fact(plan, "it matches no recent cost: it changes nothing"))
        return Change(_fact(plan), share=[float(plan.percent) / 100 * share for share in shares])
    assert plan.amount is not None
    per_day = float(plan.amount.amount) / _MONTH_DAYS
    touched = [size * share for size, share in zip(sizes, shares, strict=True)]
    if sum(touched) > 0:
        return Change(_fact(plan), per_day=[per_day * each / sum(touched) for each in touched])
    home = next((n for n, scope in enumerate(scopes) if covers(plan.match, dict(scope))), None)
    if home is None and len(scopes) > 1:
        return Change(_fact(plan, "it matches no scope shown: its amount is not in the forecast"))
    return Change(_fact(plan), per_day=[per_day * (n == (home or 0)) for n in range(len(scopes))])


def _sizes(rows: Sequence[CostRow], costs: DailyCosts, shares: Sequence[float]) -> list[float]:
    names = [name for name, _ in costs.scopes[0]] if costs.scopes else []
    sums: dict[ScopeKey, float] = {}
    for row in rows:
        if row.cost.currency == costs.currency:
            key = tuple((name, row.key[name]) for name in names)
            sums[key] = sums.get(key, 0.0) + float(row.cost.amount)
    return [max(sums.get(scope, 0.0), 0.0) for scope, _ in zip(costs.scopes, shares, strict=True)]


def _fact(plan: Plan, note: str | None = None) -> Fact:
    return Fact("plan", plan.first, plan.until, plan.note, None, "your plans", note)


def _plan(table: Mapping[str, object], place: TomlPlace) -> Plan:
    for key in table:
        if key not in _KEYS:
            raise place.error("is not known", key, hint=near_names(key, _KEYS))
    note = table.get("note")
    if not isinstance(note, str) or not note.strip():
        raise place.error("has no note", hint='Say why: note = "launch in Chile".')
    first, until = _day(table, "from", place), _day(table, "until", place)
    if first is None:
        raise place.error("has no first day", hint="Add a line such as from = 2027-01-15.")
    if until is not None and until <= first:
        raise place.error("is not after from", "until", value=str(until))
    percent, amount = _number(table, "percent", place), _number(table, "amount", place)
    if table.get("ends") is True:
        percent = Decimal(-100) if percent is None else None
    if (percent is None) == (amount is None):
        raise place.error(
            "needs one of percent, amount and ends", hint='For example percent = "+20".'
        )
    if percent is not None and percent < -100:
        raise place.error("is below -100", "percent", value=percent)
    money = None if amount is None else Money(amount, _currency(table, place))
    return Plan(note, first, until, read_match(table, place), percent, money)


def _day(table: Mapping[str, object], key: str, place: TomlPlace) -> date | None:
    value = table.get(key)
    if isinstance(value, datetime) or (value is not None and not isinstance(value, date)):
        raise place.error("is not a date", key, value=str(value), hint="Write it as 2027-01-15.")
    return value


def _number(table: Mapping[str, object], key: str, place: TomlPlace) -> Decimal | None:
    value = table.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise place.error("is not a number", key, value=value)
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise place.error("is not a number", key, value=value) from None
    if not number.is_finite():
        raise place.error("is not a number", key, value=value)
    return number


def _currency(table: Mapping[str, object], place: TomlPlace) -> str:
    value = table.get("currency", "USD")
    try:
        return currency_code(value if isinstance(value, str) else "")
    except CurrencyError:
        raise place.error(
            "is not a currency code", "currency", value=value, hint="USD, BRL, EUR …"
        ) from None

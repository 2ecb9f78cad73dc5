"""The policy file: budgets and quotas, read from TOML and checked line by line."""

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar, cast

from centavo.errors import CurrencyError
from centavo.ledger.toml_lines import TomlPlace, near_names, read_toml
from centavo.money import Money, currency_code
from centavo.policy.limits import MEASURES, SPANS, Budget, Match, Policy, Quota
from centavo.policy.match_table import read_match

__all__ = ["read_policy"]

_Name = TypeVar("_Name", bound=str)
_BUDGET = ("name", "match", "amount", "currency", "per")
_QUOTA = ("name", "match", "limit", "of", "per", "currency")


def read_policy(path: Path) -> Policy:
    """Return the budgets and quotas of a file.

    Raises:
        ConfigError: The file cannot be used; names file, line, key, value and near names.
    """
    content, top = read_toml(path)
    _only(content, ("budget", "quota"), top)
    budgets = [
        _budget(table, top.at("budget", index))
        for index, table in enumerate(_tables(content, "budget", top))
    ]
    quotas = [
        _quota(table, top.at("quota", index))
        for index, table in enumerate(_tables(content, "quota", top))
    ]
    return Policy(tuple(budgets), tuple(quotas))


def _budget(table: Mapping[str, object], place: TomlPlace) -> Budget:
    _only(table, _BUDGET, place)
    amount = _number(table, "amount", place)
    currency = _currency(table, place) or "USD"
    per = _one_of(table, "per", ("month", "day"), place)
    match = read_match(table, place)
    return Budget(_name(table, match, place), match, Money(amount, currency), per)


def _quota(table: Mapping[str, object], place: TomlPlace) -> Quota:
    _only(table, _QUOTA, place)
    measure = _one_of(table, "of", MEASURES, place)
    currency = _currency(table, place)
    if currency and measure != "cost":
        raise place.error("is for a quota of cost only", "currency", value=currency)
    match = read_match(table, place)
    return Quota(
        name=_name(table, match, place),
        match=match,
        measure=measure,
        limit=_number(table, "limit", place),
        per=_one_of(table, "per", SPANS, place),
        currency=(currency or "USD") if measure == "cost" else None,
    )


def _name(table: Mapping[str, object], match: Match, place: TomlPlace) -> str:
    value = table.get("name")
    if value is None:
        return ", ".join(f"{name} {'|'.join(globs)}" for name, globs in match) or "everything"
    if not isinstance(value, str) or not value.strip():
        raise place.error("is not text", "name", value=value)
    return value


def _number(table: Mapping[str, object], key: str, place: TomlPlace) -> Decimal:
    value = table.get(key)
    if value is None:
        raise place.error(f"has no {key}", hint=f'Add a line such as {key} = "500".')
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise place.error("is not a number", key, value=value)
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise place.error("is not a number", key, value=value) from None
    if not number.is_finite() or number <= 0:
        raise place.error("is not above zero", key, value=value)
    return number


def _currency(table: Mapping[str, object], place: TomlPlace) -> str | None:
    value = table.get("currency")
    if value is None:
        return None
    try:
        return currency_code(value if isinstance(value, str) else "")
    except CurrencyError:
        raise place.error(
            "is not a currency code", "currency", value=value, hint="USD, BRL, EUR …"
        ) from None


def _one_of(
    table: Mapping[str, object], key: str, known: Sequence[_Name], place: TomlPlace
) -> _Name:
    value = table.get(key, known[0])
    for each in known:
        if value == each:
            return each
    raise place.error("is not known", key, value=value, hint=near_names(str(value), known))


def _only(table: Mapping[str, object], known: Sequence[str], place: TomlPlace) -> None:
    for key in table:
        if key not in known:
            raise place.error("is not known", key, hint=near_names(key, known))


def _tables(content: Mapping[str, object], key: str, top: TomlPlace) -> list[dict[str, object]]:
    value = content.get(key, [])
    listed = cast("list[object]", value) if isinstance(value, list) else [value]
    for each in listed:
        if not isinstance(each, dict):
            raise top.error("is not a list of tables", key, hint=f"Begin each with [[{key}]].")
    return cast("list[dict[str, object]]", listed)

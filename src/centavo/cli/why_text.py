"""What ``centavo why`` says: the sentence of a person, the name of a cause, the reason in words."""

from collections.abc import Mapping
from decimal import Decimal

from centavo.cli.output import amount_text, decimals_for
from centavo.consumption.root_cause.change import Cause, Change
from centavo.money import Money

__all__ = ["cause_name", "reason", "sentences", "signed"]

# Values that a person names even when the cause is found by another dimension of the same cost.
_NAMED = ("application", "model", "environment")
# What is named when the cause is cost that "has none" of everything that it is found by.
_FALLBACK = ("service", "charge_category", "project")
_ZERO = Decimal(0)
# A part of this share of a cause's change is its reason; one below the other is not worth a word.
_CLEAR = Decimal("0.7")
_SMALL = Decimal("0.15")


def sentences(change: Change, *, names: Mapping[str, str]) -> list[str]:
    """Return the answer: how much, where from and by what, and what works against it."""
    moved, currency = change.change, change.before.currency
    decimals = decimals_for(max(abs(change.before.amount), abs(change.after.amount)))
    total = f"{signed(moved.amount, decimals)} {currency}"
    if moved.amount == 0 and not change.causes:
        return [f"Cost did not change ({_money(change.after)})."]
    if change.before.amount == 0:
        start = f"Cost is new ({total})"
    else:
        percent = _percent(moved.amount, change.before.amount)
        start = f"Cost {_verb(moved.amount)} {percent} ({total})"
    helping = [c for c in change.causes if c.change.amount * moved.amount > 0]
    against = [c for c in change.causes if c.change.amount * moved.amount < 0]
    if not helping:
        said = [f"{start}: no single cause, many small changes."]
    else:
        said = [f"{start}, {_first(change, helping[0], names=names)}."]
        said += [f"Then {_brief(cause, names, decimals=decimals)}." for cause in helping[1:2]]
    if against:
        said.append(f"Against it: {_brief(against[0], names, decimals=decimals)}.")
    return said


def cause_name(cause: Cause, *, names: Mapping[str, str]) -> str:
    """Return what a person calls the cause: "chat on gpt-4o in production"."""
    if cause.found_by == "remaining":
        return "everything else" if cause.rows else "nothing else"
    if not cause.element:
        return "everything else alike"
    values = dict(cause.element)
    for name, value in cause.shared:
        if name in _NAMED and value is not None:
            values.setdefault(name, value)
    if not any(values.values()):
        values |= {name: value for name, value in cause.shared if name in _FALLBACK and value}
    return _phrase(values, names)


def reason(cause: Cause, *, detailed: bool = True) -> str:
    """Return why a cause's cost moved: "volume, not price"; or only "volume"."""
    moved = cause.change.amount
    parts = {name: part for name, part in cause.split.parts.items() if part}
    if not parts or moved == 0:
        return "nothing" if not parts else "parts that offset each other"
    shares = {name: part / moved for name, part in parts.items()}
    first = max(shares, key=lambda name: shares[name])
    if shares[first] < _CLEAR:
        named = sorted(shares, key=lambda name: -abs(shares[name]))[:2]
        return " and ".join(_part(name, parts[name]) for name in named)
    if not detailed:
        return _part(first, parts[first])
    detail = _requests(cause) if first == "volume" else ""
    other = {"price": "volume", "volume": "price"}.get(first)
    against = "" if other is None or abs(shares.get(other, _ZERO)) > _SMALL else f", not {other}"
    return f"{_part(first, parts[first])}{detail}{against}"


def signed(amount: Decimal, decimals: int | None = None) -> str:
    """Return an amount with its sign."""
    shown = amount_text(amount, decimals_for(amount) if decimals is None else decimals) or ""
    return f"+{shown}" if amount > 0 else shown


def _part(name: str, amount: Decimal) -> str:
    """Return a part in words; a credit that ends costs, and a new one saves."""
    if name == "mix":
        return "a dearer mix" if amount > 0 else "a cheaper mix"
    if name == "gone":
        return "a credit that ended" if amount > 0 else "gone"
    if name == "new":
        return "new" if amount > 0 else "a new credit"
    return "reasons without a quantity" if name == "unmeasured" else name


def _first(change: Change, cause: Cause, *, names: Mapping[str, str]) -> str:
    share = change.share(cause)
    name = cause_name(cause, names=names)
    decimals = decimals_for(max(abs(change.before.amount), abs(change.after.amount)))
    if cause.found_by == "alike":
        return f"everything by about the same factor: {reason(cause)}"
    if share is None or share > Decimal("1.05"):
        return f"{signed(cause.change.amount, decimals)} from {name}: {reason(cause)}"
    part = "all" if share > Decimal("0.995") else f"{100 * share:.0f} %"
    return f"{part} of it from {name}: {reason(cause)}"


def _brief(cause: Cause, names: Mapping[str, str], *, decimals: int) -> str:
    money = f"{signed(cause.change.amount, decimals)} {cause.before.currency}"
    return f"{cause_name(cause, names=names)} {money} ({reason(cause)})"


def _phrase(values: dict[str, str | None], names: Mapping[str, str]) -> str:
    left = dict(values)
    application, model, environment = (left.pop(name, "") for name in _NAMED)
    words: list[str] = []
    if application:
        words.append(f"application {application}")
    if model:
        words.append(f"on {model}" if words else f"model {model}")
    if environment:
        words.append(f"in {environment}" if words else f"environment {environment}")
    others = [_value(name, value, names) for name, value in left.items() if value is not None]
    text = ", ".join([*([" ".join(words)] if words else []), *others])
    none = [name.replace("_", " ") for name, value in values.items() if value is None]
    return f"{text or 'cost'} without {' and '.join(none)}" if none else text


def _value(name: str, value: str, names: Mapping[str, str]) -> str:
    label = name.replace("_", " ").replace("sku", "SKU")
    if name == "sku" and names.get(value, value) != value:
        return f"{label} {names[value]} ({value})"
    return f"{label} {value}"


def _requests(cause: Cause) -> str:
    """Return whether there are more requests or longer ones, where both are known."""
    if cause.calls is None or cause.tokens is None or not all(cause.calls) or not all(cause.tokens):
        return ""
    requests = Decimal(cause.calls[1]) / cause.calls[0] - 1
    length = (cause.tokens[1] / cause.calls[1]) / (cause.tokens[0] / cause.calls[0]) - 1
    if abs(length) > 2 * abs(requests):
        return f" ({'longer' if length > 0 else 'shorter'} requests, {_points(length)} tokens each)"
    if abs(requests) > 2 * abs(length):
        return f" ({_points(requests)} requests)"
    return f" ({_points(requests)} requests, {_points(length)} tokens each)"


def _points(ratio: Decimal) -> str:
    return f"{100 * ratio:+.0f} %" if ratio < 10 else f"{ratio + 1:.0f} times the"


def _verb(amount: Decimal) -> str:
    return "rose" if amount > 0 else "fell" if amount < 0 else "stayed"


def _percent(part: Decimal, whole: Decimal) -> str:
    ratio = abs(part / whole)
    if ratio >= 10:
        return f"to {ratio + 1:.0f} times" if part > 0 else f"{100 * ratio:.0f} %"
    return f"{100 * ratio:.1f} %" if ratio < Decimal("0.1") else f"{100 * ratio:.0f} %"


def _money(money: Money) -> str:
    return f"{amount_text(money.amount, decimals_for(money.amount))} {money.currency}"

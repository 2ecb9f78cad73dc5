"""When an n8n workflow runs by the clock: its schedule, interval and cron triggers."""

from collections.abc import Iterator
from dataclasses import dataclass

from centavo.sources.n8n.nodes import WorkflowNode
from centavo.sources.record_values import JsonObject, as_list, as_object, text

__all__ = ["Schedule", "schedule_of"]

_TRIGGERS = frozenset({"scheduleTrigger", "cron", "interval"})
_SHORT_UNITS = frozenset({"minutes", "seconds", "everyMinute"})
# How often n8n's trigger fires when only its unit is stored.
_DEFAULT_EVERY = {"seconds": 30, "minutes": 5}


@dataclass(frozen=True)
class Schedule:
    """One trigger that fires by the clock.

    Attributes:
        rules: What it says, shortly: ``every 5 minutes``, ``cron 0 8 * * *``, ``days``.
        is_minute_level: Whether a rule fires every so many minutes or seconds.
    """

    rules: tuple[str, ...]
    is_minute_level: bool


def schedule_of(node: WorkflowNode) -> Schedule | None:
    """Return when the node starts its workflow; ``None`` when it is no trigger by the clock."""
    if node.short_type not in _TRIGGERS:
        return None
    found = list(_rules(node))
    return Schedule(tuple(rule for rule, _ in found), any(short for _, short in found))


def _rules(node: WorkflowNode) -> Iterator[tuple[str, bool]]:
    """Yield each rule, and whether it is one of minutes or seconds."""
    parameters = node.parameters
    if node.short_type == "interval":
        unit = text(parameters.get("unit")) or "seconds"
        yield f"every {text(parameters.get('interval')) or '1'} {unit}", unit in _SHORT_UNITS
    rule, times = as_object(parameters.get("rule")), as_object(parameters.get("triggerTimes"))
    for interval in (*as_list(rule.get("interval")), *as_list(times.get("item"))):
        yield _rule(as_object(interval))


def _rule(interval: JsonObject) -> tuple[str, bool]:
    unit = text(interval.get("field")) or text(interval.get("mode")) or "days"
    expression = text(interval.get("expression")) or text(interval.get("cronExpression"))
    if expression is not None:
        return f"cron {expression}", _is_short_cron(expression)
    every = text(interval.get(f"{unit}Interval")) or _DEFAULT_EVERY.get(unit)
    return (f"every {every} {unit}" if every else unit), unit in _SHORT_UNITS


def _is_short_cron(expression: str) -> bool:
    """Return whether a cron expression fires more than once in an hour.

    >>> _is_short_cron("*/5 * * * *"), _is_short_cron("0 8 * * 1-5"), _is_short_cron("0 */5 * * * *")
    (True, False, True)
    """
    fields = expression.removeprefix("=").split()
    if len(fields) == 6:
        if any(mark in fields[0] for mark in "*/,-"):
            return True
        fields = fields[1:]
    return len(fields) == 5 and any(mark in fields[0] for mark in "*/,-")

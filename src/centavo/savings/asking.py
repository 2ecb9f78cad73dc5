"""Asking a lever what it changes, and the touched requests as one SELECT, whatever it answered with."""

from dataclasses import dataclass

from centavo.savings.lever import Change, Lever, next_name
from centavo.savings.parts import events_of_parts
from centavo.savings.traffic import Traffic

__all__ = ["Asked", "ask"]

_NO_BODIES = "the bodies of requests were not kept"


@dataclass(frozen=True)
class Asked:
    """A lever's answer.

    Attributes:
        change: As it was given.
        rewritten: SELECT of the touched requests as they would have been, with ``was_cost`` and
            ``was_currency``; empty for none. Requests without a price are not in it.
        new_parts: Temporary table of their parts; empty where the lever gave none.
    """

    change: Change
    rewritten: str
    new_parts: str


def ask(lever: Lever, traffic: Traffic) -> Asked:
    """Return what a lever makes of its traffic."""
    if lever.needs_parts and traffic.parts is None:
        count = f"SELECT count(*) FROM {traffic.events} WHERE {lever.where.sql}"
        row = traffic.engine.execute(count).fetchone()
        return Asked(Change(not_simulated={_NO_BODIES: row[0]} if row and row[0] else {}), "", "")
    change = lever.apply(traffic)
    new_parts, select = "", change.events
    if change.parts and traffic.parts:
        # Read several times, so computed once.
        new_parts = next_name("parts")
        traffic.engine.execute(f"CREATE TEMP TABLE {new_parts} AS {change.parts}")
        select = events_of_parts(
            traffic.events, traffic.parts, new_parts, keeps_beginning=change.keeps_beginning
        )
    rewritten = (
        f"SELECT *, cost AS was_cost, cost_currency AS was_currency FROM ({select}) "
        "WHERE cost IS NOT NULL"
    )
    return Asked(change, rewritten if select else "", new_parts)

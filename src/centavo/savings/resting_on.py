"""What a line of the savings plan rests on: as a message, and as versions before messages wrote it."""

import re

from centavo.message import Message, message, numbered

__all__ = ["finding_evidence", "replay_evidence", "that_was_written"]

_REPLAY = re.compile(r"replay of ([\d,]+) recorded requests, ([\d,]+) touched, seed (\d+)")
_FINDING = re.compile(r"finding (\w+): query (\w+), (\d+) rows")


def replay_evidence(requests: int, touched: int, *, seed: int) -> Message:
    """Return that a line rests on a replay of so many requests, of which so many were touched."""
    return message(
        "replay of {all} recorded requests, {touched} touched, seed {seed}",
        all=requests,
        touched=touched,
        seed=str(seed),
    )


def finding_evidence(finding_id: str, query: str, *, rows: int) -> Message:
    """Return that a line rests on the rows of a finding's query."""
    return numbered(
        "finding {id}: query {query}, {number} row",
        "finding {id}: query {query}, {number} rows",
        rows,
        id=finding_id,
        query=query,
    )


def that_was_written(text: str) -> Message | None:
    """Return the message of a sentence in an older register; ``None`` of what people wrote.

    Lines of a plan last for months, and those that are decided on are not written anew.
    """
    replay = _REPLAY.fullmatch(text)
    if replay:
        requests, touched, seed = (int(each.replace(",", "")) for each in replay.groups())
        return replay_evidence(requests, touched, seed=seed)
    found = _FINDING.fullmatch(text)
    return finding_evidence(found[1], found[2], rows=int(found[3])) if found else None

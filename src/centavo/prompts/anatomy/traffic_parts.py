"""The parts of recorded requests as levers read them (``savings.traffic.PART_COLUMNS``)."""

from centavo.ledger.ledger import Ledger
from centavo.period import Period
from centavo.prompts.anatomy.calls import prompt_tables

__all__ = ["traffic_parts"]


def traffic_parts(ledger: Ledger, events: str, period: Period) -> str | None:
    """Return the name of the relation of parts of recorded requests; ``None`` where none are kept.

    Args:
        ledger: Opened at the moment to answer from.
        events: Relation with ``request_no`` and ``event_id``.
        period: Of the simulation.
    """
    if not prompt_tables(ledger, period).with_bodies:
        return None
    ledger.rows(
        "CREATE OR REPLACE TEMP TABLE traffic_parts AS SELECT request_no, position, kind,"
        " counted AS tokens, content_hash, text_no, role FROM prompt_parts"
        f" JOIN prompt_calls USING (call_no) JOIN {events} USING (event_id)"
    )
    return "traffic_parts"

"""The parts of recorded requests as levers read them (``savings.traffic.PART_COLUMNS``)."""

from centavo.ledger.ledger import Ledger
from centavo.period import Period
from centavo.prompts.anatomy.calls import prompt_tables, sql_of

__all__ = ["traffic_parts"]


def traffic_parts(ledger: Ledger, events: str) -> str | None:
    """Return the name of the relation of parts of recorded requests; ``None`` where none are kept.

    Beside it ``traffic_prompts`` tells of each request its scope and by which vocabulary its parts are
    counted, ``scope_beginnings`` what nearly all requests of a scope begin with, and ``lever_texts``
    takes the texts that levers make.

    Args:
        ledger: Opened at the moment to answer from.
        events: Relation with ``request_no`` and ``event_id``.
    """
    if not prompt_tables(ledger, Period()).with_bodies:
        return None
    ledger.rows(
        "CREATE OR REPLACE TEMP TABLE traffic_prompts AS SELECT request_no, call_no, scope_no, basis_no"
        f" FROM prompt_calls JOIN {events} USING (event_id)"
    )
    ledger.rows(f"CREATE OR REPLACE TEMP TABLE scope_beginnings AS {sql_of('scope_beginnings')}")
    ledger.rows(
        "CREATE OR REPLACE TEMP TABLE traffic_parts AS SELECT request_no, position, kind,"
        " counted AS tokens, content_hash FROM prompt_parts JOIN traffic_prompts USING (call_no)"
    )
    ledger.rows("CREATE OR REPLACE TEMP TABLE lever_texts (content_hash VARCHAR, text VARCHAR)")
    return "traffic_parts"

"""SQL of the views through which bodies are read beside the events."""

from collections.abc import Iterator
from pathlib import Path

from centavo.ledger.bodies.index import BodyIndex, BodyTable
from centavo.ledger.engine import sql_texts

__all__ = ["BODY_VIEWS", "body_views"]

BODY_VIEWS: dict[BodyTable, str] = {
    "bodies": "NULL::VARCHAR AS body_hash, NULL::DATE AS kept_on",
    "body_parts": (
        "NULL::VARCHAR AS body_hash, NULL::INTEGER AS position, NULL::VARCHAR AS kind,"
        " NULL::VARCHAR AS member, NULL::VARCHAR AS role, NULL::VARCHAR AS content_hash"
    ),
    "body_contents": "NULL::VARCHAR AS content_hash, NULL::VARCHAR AS text",
}

_EVENT_PARTS = """
SELECT event.event_id, event.started_at, part.position, part.kind, part.member, part.role,
    part.content_hash, content.text
FROM (
    SELECT event_id, started_at, body_hash FROM usage_events WHERE body_hash IS NOT NULL
    UNION ALL
    SELECT event_id, started_at, answer_hash FROM usage_events WHERE answer_hash IS NOT NULL
) AS event
JOIN body_parts AS part USING (body_hash)
JOIN body_contents AS content USING (content_hash)
"""


def body_views(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield names and SQL of the views, in the order in which they can be made.

    ``bodies`` (body_hash, kept_on), ``body_parts`` (body_hash, position, kind, member, role,
    content_hash), ``body_contents`` (content_hash, text), and ``event_parts``, the parts of each
    event's request and answer with their texts; the answer's kind is ``output``.

    Args:
        folder: The ledger's folder ``bodies``; without one the views have no rows.

    Raises:
        LedgerError: The index of bodies is damaged.
    """
    index = BodyIndex.read(folder)
    for table, nothing in BODY_VIEWS.items():
        paths = index.paths(folder, table)
        yield (
            table,
            f"FROM read_parquet({sql_texts(paths)})" if paths else f"SELECT {nothing} WHERE false",
        )
    yield "event_parts", _EVENT_PARTS

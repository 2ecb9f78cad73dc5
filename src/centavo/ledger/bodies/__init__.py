"""Prompt bodies, kept apart from the ledger's facts: each text once, found by its content's hash."""

from centavo.ledger.bodies.index import BodyIndex, BodySizes
from centavo.ledger.bodies.part import BodyPart, PartKind, json_text, rebuilt
from centavo.ledger.bodies.retention import count_expired, drop_all, drop_bodies, merge_files
from centavo.ledger.bodies.shelf import BodyShelf
from centavo.ledger.bodies.views import BODY_VIEWS, body_views

__all__ = [
    "BODY_VIEWS",
    "BodyIndex",
    "BodyPart",
    "BodyShelf",
    "BodySizes",
    "PartKind",
    "body_views",
    "count_expired",
    "drop_all",
    "drop_bodies",
    "json_text",
    "merge_files",
    "rebuilt",
]

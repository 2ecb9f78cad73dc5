"""Clusters as the ledger keeps them: an id, a name, and what the cluster is recognised by next time.

No word of a prompt is kept here but those of the name. Rows are written by ``centavo clusters``, never by
a source.
"""

from centavo.ledger.column import Column, SqlType

__all__ = ["CLUSTERS"]

_TEXT: SqlType = "VARCHAR"

CLUSTERS: tuple[Column, ...] = (
    Column("cluster_id", _TEXT, "Given once: t or s and eight hex digits", required=True),
    Column("source", _TEXT, "Always clusters", required=True),
    Column("batch_id", _TEXT, "The run that found the cluster first", required=True),
    Column("kind", _TEXT, "template or shape", required=True),
    Column("name", _TEXT, "Readable name, given once", required=True),
    Column("sketch", _TEXT, "JSON: hashes of grams, or share of calls by cell", required=True),
    Column("first_seen", "TIMESTAMP", "Clock of the run that found it first", required=True),
)

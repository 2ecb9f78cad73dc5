"""Dropping bodies: those kept before a day, or all; texts that another body still has stay."""

from datetime import date
from pathlib import Path

from centavo.errors import LedgerError
from centavo.ledger.bodies.files import BodyFiles
from centavo.ledger.bodies.index import BodyIndex, BodyTable
from centavo.ledger.engine import open_engine, sql_texts

__all__ = ["count_expired", "drop_all", "drop_bodies", "merge_files"]

_MOST_FILES = 100


def count_expired(folder: Path, *, before: date | None) -> tuple[int, int]:
    """Return how many bodies there are, and how many of them were last kept before a day.

    Args:
        folder: The ledger's folder ``bodies``.
        before: The day; ``None`` counts all as expired.
    """
    paths = BodyIndex.read(folder).paths(folder, "bodies")
    if not paths:
        return 0, 0
    engine = open_engine()
    try:
        found = engine.execute(
            "SELECT count(*), count(*) FILTER (WHERE $1 IS NULL OR last < $1) FROM"
            f" (SELECT max(kept_on) AS last FROM read_parquet({sql_texts(paths)})"
            " GROUP BY body_hash)",
            [before],
        ).fetchone()
    finally:
        engine.close()
    return (int(found[0]), int(found[1])) if found else (0, 0)


def drop_bodies(folder: Path, *, before: date) -> int:
    """Drop the bodies that were last kept before a day, and return how many; needs the writer lock.

    Rows of ``usage_events`` keep the hashes of their bodies: what equals what is still known.
    """
    _, expired = count_expired(folder, before=before)
    if expired:
        _rewrite(folder, before=before)
    return expired


def merge_files(folder: Path) -> None:
    """Put the files together when there are many, so that reading stays fast; needs the lock."""
    if len(BodyIndex.read(folder).names()) > _MOST_FILES:
        _rewrite(folder, before=date.min)


def drop_all(folder: Path) -> None:
    """Drop every body, also when the index is damaged; needs the writer lock."""
    if not folder.is_dir():
        return
    try:
        BodyIndex().write(folder)
        BodyIndex().sweep(folder)
    except OSError as error:
        raise LedgerError(f"prompt bodies in {folder} cannot be dropped: {error}") from error


def _rewrite(folder: Path, *, before: date) -> None:
    files = BodyFiles(folder)

    def rows(table: BodyTable) -> str:
        return f"read_parquet({sql_texts(BodyIndex.read(folder).paths(folder, table))})"

    stay = (
        f"SELECT body_hash, max(kept_on) AS kept_on FROM {rows('bodies')} GROUP BY body_hash"
        f" HAVING max(kept_on) >= DATE '{max(before, date(1, 1, 1)).isoformat()}'"
    )
    parts = f"SELECT * FROM {rows('body_parts')} SEMI JOIN ({stay}) USING (body_hash)"
    files.replace("bodies", stay)
    files.replace("body_parts", f"{parts} ORDER BY body_hash, position")
    files.replace(
        "body_contents",
        f"SELECT * FROM {rows('body_contents')} SEMI JOIN ({parts}) USING (content_hash)",
    )
    files.commit()

"""Prompt bodies on the way in: secrets taken out, and what is older than its time dropped."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from centavo.ledger.settings import Settings

if TYPE_CHECKING:
    from centavo.ledger.bodies import BodyShelf

__all__ = ["first_kept_day", "open_shelf", "sweep_bodies"]


def open_shelf(settings: Settings, *, today: date) -> "BodyShelf":
    """Return what takes bodies in, without secrets; the caller holds the writer lock."""
    from centavo.ledger.bodies import BodyShelf
    from centavo.sources.secrets import redact

    return BodyShelf(settings.location.bodies, redact=redact, today=today)


def first_kept_day(settings: Settings, *, today: date) -> date | None:
    """Return the first day whose bodies stay; ``None`` when they stay until somebody drops them."""
    days = settings.retention_days
    return today - timedelta(days=days) if days else None


def sweep_bodies(settings: Settings, *, today: date) -> None:
    """Drop what is older than its time, and put many files together; needs the writer lock."""
    folder = settings.location.bodies
    if not folder.is_dir():
        return
    from centavo.ledger.bodies import drop_bodies, merge_files

    if (first := first_kept_day(settings, today=today)) is not None:
        drop_bodies(folder, before=first)
    merge_files(folder)

"""Keeping bodies while a source reads: each text without secrets, each once, a few files a reading.

A kept body is written before the rows that refer to it are committed, so a writer that dies leaves
bodies that nothing refers to (retention drops them) and never a row without its body.
"""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from centavo.ledger.bodies.files import BodyFiles
from centavo.ledger.bodies.part import BodyPart, body_hash, text_hash

__all__ = ["BodyShelf"]

_MOST_WAITING_CHARS = 64_000_000
_MOST_WAITING_PARTS = 500_000
# About 200 bytes each. What is forgotten is compared with the files when it is written again.
_MOST_REMEMBERED = 2_000_000


class BodyShelf:
    """Takes bodies in, under the ledger's writer lock.

    Args:
        folder: The ledger's folder ``bodies``; made with the first body.
        redact: Returns a text without secrets, and how many there were.
        today: Day from which retention counts.
    """

    def __init__(
        self, folder: Path, *, redact: Callable[[str], tuple[str, int]], today: date
    ) -> None:
        self._files = BodyFiles(folder)
        self._redact = redact
        self._today = today
        self._stored: dict[str, str] = {}
        self._kept: set[str] = set()
        self._bodies: list[tuple[object, ...]] = []
        self._parts: list[tuple[object, ...]] = []
        self._contents: dict[str, str] = {}
        self._waiting_chars = 0
        self.secrets = 0

    def keep(self, parts: Sequence[BodyPart]) -> str | None:
        """Keep a body and return its hash, of the texts as they are kept; ``None`` for no parts."""
        if not parts:
            return None
        hashed = [(part, self._keep_text(part.text)) for part in parts]
        found = body_hash(hashed)
        if found not in self._kept:
            self._kept.add(found)
            self._bodies.append((found, self._today))
            self._parts.extend(
                (found, at, part.kind, part.member, part.role, text)
                for at, (part, text) in enumerate(hashed)
            )
            if self._waiting_chars > _MOST_WAITING_CHARS or len(self._parts) > _MOST_WAITING_PARTS:
                self._write()
        return found

    def commit(self) -> None:
        """Make what was kept so far readable, in one step."""
        self._write()
        self._files.commit()

    def _keep_text(self, text: str) -> str:
        raw = text_hash(text)
        if (known := self._stored.get(raw)) is not None:
            return known
        clean, count = self._redact(text)
        self.secrets += count
        found = text_hash(clean) if count else raw
        self._stored[raw] = found
        self._contents[found] = clean
        self._waiting_chars += len(clean)
        return found

    def _write(self) -> None:
        self._files.add("body_contents", list(self._contents.items()))
        self._files.add("body_parts", self._parts)
        self._files.add("bodies", self._bodies)
        self._contents, self._parts, self._bodies, self._waiting_chars = {}, [], [], 0
        if len(self._stored) > _MOST_REMEMBERED:
            self._stored.clear()
            self._kept.clear()

"""Which Parquet files hold the bodies: one small file, replaced whole, so that a death tears nothing."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from centavo.errors import LedgerError
from centavo.whole_files import write_whole

__all__ = ["BodyIndex", "BodySizes", "BodyTable"]

BodyTable = Literal["bodies", "body_parts", "body_contents"]

_NAME = "index.json"


@dataclass(frozen=True)
class BodySizes:
    """How many files hold the bodies, and their size."""

    files: int
    size_bytes: int


class BodyIndex(msgspec.Struct, frozen=True):
    """Names of the files of each table, under the ledger's folder ``bodies``.

    Attributes:
        bodies: Which body was kept on which day.
        body_parts: Parts of each body, by the hash of their text.
        body_contents: Each text once.
        version: Of this layout.
    """

    bodies: tuple[str, ...] = ()
    body_parts: tuple[str, ...] = ()
    body_contents: tuple[str, ...] = ()
    version: int = 1

    @classmethod
    def read(cls, folder: Path) -> "BodyIndex":
        """Return the index of a folder; an empty one where no body was ever kept.

        Raises:
            LedgerError: The index cannot be read.
        """
        try:
            return msgspec.json.decode((folder / _NAME).read_bytes(), type=cls)
        except FileNotFoundError:
            return cls()
        except (OSError, msgspec.DecodeError) as error:
            raise LedgerError(
                f"the index of prompt bodies {folder / _NAME} cannot be read: {error}",
                hint="`centavo bodies drop --all --yes` drops every body; the figures stay.",
            ) from error

    def paths(self, folder: Path, table: BodyTable) -> list[str]:
        """Return the files of a table as DuckDB opens them."""
        return [str(folder / name) for name in getattr(self, table)]

    def names(self) -> set[str]:
        """Return the names of every file."""
        return {*self.bodies, *self.body_parts, *self.body_contents}

    def sizes(self, folder: Path) -> BodySizes:
        """Return how much the files take."""
        names = self.names()
        return BodySizes(len(names), sum((folder / name).stat().st_size for name in names))

    def write(self, folder: Path) -> None:
        """Take the place of the folder's index, in one step."""
        write_whole(folder / _NAME, msgspec.json.encode(self))

    def sweep(self, folder: Path) -> None:
        """Remove what the index does not name: what a killed writer left, or what was dropped."""
        known = {*self.names(), _NAME}
        for path in folder.glob("*"):
            if path.name not in known:
                path.unlink(missing_ok=True)

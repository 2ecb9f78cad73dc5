"""Where the ledger stands: a folder with its own catalog, or the user's own Iceberg catalog."""

from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["NAMESPACE", "LedgerLocation"]

NAMESPACE = "centavo"


@dataclass(frozen=True)
class LedgerLocation:
    """The folder of the ledger and, optionally, a catalog of the user's.

    Attributes:
        folder: Holds the lock, the read cache and, by default, catalog and warehouse.
        catalog: Properties for pyiceberg's ``load_catalog`` (``type``, ``uri``, ``warehouse`` …);
            empty for the default: an SQL catalog in one SQLite file.
    """

    folder: Path
    catalog: dict[str, str] = field(default_factory=dict[str, str])

    @property
    def catalog_file(self) -> Path:
        """The SQLite file of the default catalog."""
        return self.folder / "catalog.db"

    @property
    def lock_file(self) -> Path:
        """The file that a writer locks; every ledger has it."""
        return self.folder / "writer.lock"

    @property
    def is_there(self) -> bool:
        """Whether somebody has begun to write a ledger there."""
        return self.lock_file.is_file() and (self.folder / "pending").is_dir()

    @property
    def bodies(self) -> Path:
        """The folder of prompt bodies, where any are kept."""
        return self.folder / "bodies"

    @property
    def is_default_catalog(self) -> bool:
        """Whether the catalog is the SQLite file in the folder."""
        return not self.catalog

    def catalog_properties(self) -> dict[str, str]:
        """Return the properties that open the catalog."""
        if self.catalog:
            return dict(self.catalog)
        return {
            "type": "sql",
            "uri": f"sqlite:///{self.catalog_file}",
            "warehouse": (self.folder / "warehouse").as_uri(),
        }

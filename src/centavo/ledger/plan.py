"""Which Parquet files a snapshot consists of, known without opening its manifests.

A plan is cached beside the ledger under its folder and the metadata address that it was made from:
the catalog's pointer tells, in one SQLite query, whether the cached plan is still current.
"""

import hashlib
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from centavo.ledger.iceberg.pointer import read_pointer
from centavo.ledger.location import LedgerLocation
from centavo.ledger.planned import TablePlan

__all__ = ["plan_table", "remember_plan"]


def plan_table(
    location: LedgerLocation,
    table_name: str,
    *,
    as_of: datetime | None = None,
) -> TablePlan:
    """Return the plan of the table's current snapshot, or of the one current at ``as_of``.

    A table that nobody has written yet has no files.

    Raises:
        LedgerError: There is no ledger.
    """
    if as_of is None and location.is_default_catalog:
        pointer = read_pointer(location, table_name)
        if pointer is None:
            return TablePlan("", (), (), {})
        cached = _cache_file(location, table_name, pointer)
        if cached.exists():
            try:
                return msgspec.json.decode(cached.read_bytes(), type=TablePlan)
            except msgspec.DecodeError:
                pass  # A torn cache file is only a cache: plan anew below.
    from centavo.ledger.iceberg.iceberg_ledger import IcebergLedger

    plan = IcebergLedger(location).plan(table_name, as_of=as_of)
    if as_of is None:
        remember_plan(location, table_name, plan)
    return plan


def remember_plan(location: LedgerLocation, table_name: str, plan: TablePlan) -> None:
    """Cache the plan for the next reader; a ledger that cannot be written stays readable."""
    target = _cache_file(location, table_name, plan.metadata_location)
    draft = target.with_suffix(f".{os.getpid()}")
    try:
        target.parent.mkdir(exist_ok=True)
        for older in target.parent.glob(f"{table_name}-*"):
            older.unlink(missing_ok=True)
        draft.write_bytes(msgspec.json.encode(plan))
        draft.replace(target)
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _cache_file(location: LedgerLocation, table_name: str, metadata_location: str) -> Path:
    # A plan names files by their whole path: it is another one where the folder was moved or copied.
    key = f"{location.folder.absolute()}\n{metadata_location}"
    digest = hashlib.sha256(key.encode()).hexdigest()[:16]
    return location.folder / "cache" / f"{table_name}-{digest}.json"

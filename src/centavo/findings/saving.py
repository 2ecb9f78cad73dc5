"""Writing the register: one commit when something changed, and none when nothing did."""

import hashlib
from collections.abc import Mapping
from datetime import datetime

import duckdb

from centavo.errors import CentavoError, LedgerError
from centavo.findings.register import KnownFinding, row_of
from centavo.ledger.diary import WriteRequest
from centavo.ledger.findings_table import FINDINGS
from centavo.ledger.ledger import Ledger
from centavo.ledger.reading import InputFile, Reading, Tally
from centavo.ledger.schema import TableName
from centavo.ledger.writer import writing

__all__ = ["save_register"]

_TABLE: TableName = "findings"


def save_register(
    ledger: Ledger,
    before: Mapping[str, KnownFinding],
    after: Mapping[str, KnownFinding],
    *,
    now: datetime,
    wait_s: float = 30.0,
) -> int:
    """Write the findings that changed in one commit and return how many did.

    Args:
        ledger: Opened on its present state, not on an earlier one.
        before: The register as it was read.
        after: The register as it should be; nothing is ever removed from it.
        now: The clock, aware.
        wait_s: How long to wait for another writer.

    Raises:
        LedgerError: The ledger cannot be written.
    """
    changed = [known for key, known in after.items() if known != before.get(key)]
    if not changed:
        return 0
    ids = " ".join(sorted(known.finding.id for known in changed))
    digest = hashlib.sha256(f"{now.isoformat()} {ids}".encode()).hexdigest()
    # Not a file: the diary knows each run by a name of its own, so that a run restates the rows of
    # its own findings only.
    path = ledger.location.folder / "findings" / digest[:16]
    file = InputFile(path, "centavo findings", digest, digest[:16], 0)
    columns = ", ".join(f"{column.name} {column.type}" for column in FINDINGS)
    engine = ledger.engine
    engine.execute(f"CREATE OR REPLACE TEMP TABLE changed_findings ({columns})")
    engine.executemany(
        f"INSERT INTO changed_findings VALUES ({', '.join('?' * len(FINDINGS))})",
        [row_of(known, file.batch_id) for known in changed],
    )
    reading = Reading(_TABLE, "SELECT * FROM changed_findings", Tally(), _explain)
    request = WriteRequest(source="findings", reading=reading, files=[file])
    with writing(ledger.location, engine, now=now, wait_s=wait_s) as writer:
        writer.write(request)
    return len(changed)


def _explain(error: duckdb.Error) -> CentavoError:
    return LedgerError(f"the findings cannot be written: {error}")

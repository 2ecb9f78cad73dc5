"""Writing the register: one commit when something changed, and none when nothing did."""

from collections.abc import Mapping
from datetime import datetime

from centavo.findings.register import KnownFinding, row_of
from centavo.ledger.ledger import Ledger
from centavo.ledger.register_rows import write_register_rows

__all__ = ["save_register"]


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
    if changed:
        write_register_rows(
            ledger,
            "findings",
            lambda batch_id: [row_of(known, batch_id) for known in changed],
            ids=[known.finding.id for known in changed],
            now=now,
            wait_s=wait_s,
        )
    return len(changed)

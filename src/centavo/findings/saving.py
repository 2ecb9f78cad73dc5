"""Writing the register: one commit when something changed, and none when nothing did."""

from collections.abc import Callable, Mapping
from datetime import datetime

from centavo.findings.register import KnownFinding, load_register, row_of
from centavo.ledger.location import LedgerLocation
from centavo.ledger.register_rows import changing_register

__all__ = ["Register", "change_register"]

Register = Mapping[str, KnownFinding]


def change_register(
    location: LedgerLocation,
    change: Callable[[Register], Register],
    *,
    now: datetime,
    wait_s: float = 30.0,
) -> tuple[Register, int]:
    """Change the register in one commit; return it as it is now, and how many findings changed.

    Args:
        location: Where the ledger stands.
        change: Makes the register as it should be of the register as it is; it removes nothing.
        now: The clock, aware.
        wait_s: How long to wait for another writer.

    Raises:
        LedgerError: The ledger cannot be written.
    """
    with changing_register(location, now=now, wait_s=wait_s) as held:
        before = load_register(held.ledger)
        after = change(before)
        changed = [known for key, known in after.items() if known != before.get(key)]
        if changed:
            held.write(
                "findings",
                lambda batch_id: [row_of(known, batch_id) for known in changed],
                ids=[known.finding.id for known in changed],
            )
    return after, len(changed)

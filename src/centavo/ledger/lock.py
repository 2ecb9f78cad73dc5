"""One writer at a time: an advisory lock that the operating system drops when its holder dies."""

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from centavo.errors import LedgerBusyError, LedgerError
from centavo.ledger.location import LedgerLocation

__all__ = ["writer_lock"]

_POLL_S = 0.05


@contextmanager
def writer_lock(folder: Path, *, wait_s: float) -> Generator[None, None, None]:
    """Hold the ledger's writer lock; readers need none.

    Args:
        folder: The ledger's folder, which is created when missing.
        wait_s: How long to wait for another writer.

    Raises:
        LedgerBusyError: Another process still writes after ``wait_s``.
        LedgerError: The folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle = LedgerLocation(folder).lock_file.open("a+")
    except OSError as error:
        raise LedgerError(
            f"the ledger folder {folder} cannot be written: {error.strerror}",
            hint="Check its owner and free space, or name another with --ledger.",
        ) from error
    with handle:
        _acquire(handle.fileno(), folder=folder, wait_s=wait_s)
        handle.seek(0)
        handle.truncate()
        handle.write(str(os.getpid()))
        handle.flush()
        try:
            yield
        finally:
            with suppress(OSError):
                fcntl.flock(handle.fileno(), fcntl.LOCK_UN)


def _acquire(descriptor: int, *, folder: Path, wait_s: float) -> None:
    deadline = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() < deadline:
                time.sleep(_POLL_S)
                continue
            holder = (
                LedgerLocation(folder).lock_file.read_text(errors="replace").strip() or "unknown"
            )
            raise LedgerBusyError(
                f"process {holder} is writing to the ledger in {folder}",
                hint="Wait for it to end; --wait SECONDS waits longer. Reading works meanwhile.",
            ) from None
        return

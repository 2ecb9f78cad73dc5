"""Segments: append-only files of OTLP JSON lines, one open at a time, the others ready to be read.

An open segment's name begins with a dot, so that nobody takes it for a file to ingest. Rolling it
takes the dot away. A segment's name never comes again, because the ledger knows files by their path.
"""

import fcntl
import os
import uuid
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from centavo.errors import LedgerBusyError, LedgerError

__all__ = ["Repaired", "Segment", "SegmentFolder", "cut_torn_tail"]

_SUFFIX = ".otlp.jsonl"
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True)
class Repaired:
    """What a receiver that died left behind.

    Attributes:
        segments: Segments that were still open.
        torn_bytes: Bytes cut off their ends: a line that was never finished, so never acknowledged.
    """

    segments: int = 0
    torn_bytes: int = 0


class Segment:
    """One open segment.

    Args:
        path: Where it will stand when it is rolled.

    Attributes:
        size_bytes: What is safely in it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.size_bytes = 0
        self._open_path = path.with_name(f".{path.name}")
        self._descriptor = os.open(
            self._open_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600
        )
        _sync_folder(path.parent)

    def append(self, lines: list[bytes]) -> None:
        """Write the lines and wait until they are on the disk; all of them or, on error, none.

        Raises:
            OSError: The disk is full or fails. What was written of the lines is cut off again.
        """
        data = memoryview(b"".join(lines))
        try:
            while data:
                data = data[os.write(self._descriptor, data) :]
            os.fdatasync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, self.size_bytes)
            raise
        self.size_bytes += sum(map(len, lines))

    def roll(self) -> Path | None:
        """Close the segment and return its path, or ``None`` where nothing was in it."""
        os.close(self._descriptor)
        if not self.size_bytes:
            self._open_path.unlink()
            return None
        self._open_path.rename(self.path)
        _sync_folder(self.path.parent)
        return self.path

    def abandon(self) -> None:
        """Close the segment as it is; the next start of a receiver repairs it."""
        os.close(self._descriptor)


class SegmentFolder:
    """The folder of a receiver's segments, held by one receiver at a time.

    Args:
        folder: Created when missing, for its owner only.

    Raises:
        LedgerBusyError: Another receiver holds it.
        LedgerError: It cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock: BinaryIO = (folder / ".lock").open("a+b")
        except OSError as error:
            raise LedgerError(
                f"the segment folder {folder} cannot be written: {error.strerror}",
                hint="Check its owner and free space, or name another with --segments.",
            ) from error
        try:
            fcntl.flock(self._lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise LedgerBusyError(
                f"another receiver writes to {folder}",
                hint="Send to that one, or name another folder with --segments.",
            ) from None

    def new_segment(self, now: datetime) -> Segment:
        """Return a fresh open segment."""
        name = f"{now:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:12]}{_SUFFIX}"
        return Segment(self.folder / name)

    def rolled(self) -> list[Path]:
        """Return the segments that wait to be ingested, the oldest first."""
        return sorted(path for path in self.folder.glob(f"*{_SUFFIX}") if path.name[0] != ".")

    def repair(self) -> Repaired:
        """Roll what a receiver that died left open, without the line that it did not finish."""
        segments = torn_bytes = 0
        for path in sorted(self.folder.glob(f".*{_SUFFIX}")):
            torn_bytes += cut_torn_tail(path)
            segments += 1
            if path.stat().st_size:
                path.rename(path.with_name(path.name[1:]))
            else:
                path.unlink()
        if segments:
            _sync_folder(self.folder)
        return Repaired(segments, torn_bytes)

    def close(self) -> None:
        """Let the folder go."""
        self._lock.close()


def cut_torn_tail(path: Path) -> int:
    """Cut a file after its last whole JSON line and return how many bytes went.

    A line that was acknowledged is whole: it was on the disk before. After a power cut the end of a
    file may also hold zeros or old blocks, so lines are tried from the end until one is JSON.
    """
    with path.open("r+b") as file:
        size = end = file.seek(0, os.SEEK_END)
        while end:
            begin = _line_begin(file, end)
            file.seek(begin)
            line = file.read(end - begin)
            if line.endswith(b"\n") and _is_json(line):
                break
            end = begin
        if end < size:
            file.truncate(end)
            os.fsync(file.fileno())
    return size - end


def _line_begin(file: BinaryIO, end: int) -> int:
    """Return where the line begins that ends just before ``end``."""
    at = end - 1
    while at > 0:
        block_begin = max(0, at - _BLOCK_BYTES)
        file.seek(block_begin)
        found = file.read(at - block_begin).rfind(b"\n")
        if found >= 0:
            return block_begin + found + 1
        at = block_begin
    return 0


def _is_json(line: bytes) -> bool:
    try:
        msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

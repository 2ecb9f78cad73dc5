"""Group commit: all lines that wait go to the disk together, and then all their senders hear so.

One thread writes. While it waits for the disk, further lines gather; the next turn takes them all.
"""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from centavo.sources.otel_receiver.segments import Segment, SegmentFolder

__all__ = ["CommitCounts", "GroupCommit", "OverloadedError"]

_MOST_WAITING_BYTES = 64 << 20


class OverloadedError(Exception):
    """More waits for the disk than may wait; the sender should come again later."""


@dataclass
class CommitCounts:
    """What was written since the start.

    Attributes:
        lines: Requests that are on the disk.
        spans: Spans in them.
        syncs: How often the disk was waited for.
        failures: How often it refused.
        failing: Whether it refused the last time.
    """

    lines: int = 0
    spans: int = 0
    syncs: int = 0
    failures: int = 0
    failing: bool = False


@dataclass(frozen=True)
class _Waiting:
    line: bytes
    spans: int
    done: "Future[None]"


class GroupCommit:
    """Writes lines durably, many at a time.

    Args:
        folder: Where the segments stand.
        roll_bytes: Size at which a segment is rolled.
        clock: For the names of segments.
        on_roll: Told, from the writing thread, of each segment that is ready to be ingested.
    """

    def __init__(
        self,
        folder: SegmentFolder,
        *,
        roll_bytes: int,
        clock: Callable[[], datetime],
        on_roll: Callable[[Path], None],
    ) -> None:
        self.counts = CommitCounts()
        self._folder = folder
        self._roll_bytes = roll_bytes
        self._clock = clock
        self._on_roll = on_roll
        self._segment: Segment | None = None
        self._waiting: list[_Waiting] = []
        self._waiting_bytes = 0
        self._rolls: list[Future[None]] = []
        self._stopping = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="centavo-commit")
        self._thread.start()

    def submit(self, line: bytes, *, spans: int) -> "Future[None]":
        """Return what is done when the line is on the disk, or fails with the disk's ``OSError``.

        Raises:
            OverloadedError: Too much waits already.
        """
        done: Future[None] = Future()
        with self._wake:
            if self._stopping or self._waiting_bytes + len(line) > _MOST_WAITING_BYTES:
                raise OverloadedError
            self._waiting.append(_Waiting(line, spans, done))
            self._waiting_bytes += len(line)
            self._wake.notify()
        return done

    def roll(self) -> "Future[None]":
        """Return what is done when all that was submitted before stands in rolled segments."""
        done: Future[None] = Future()
        with self._wake:
            self._rolls.append(done)
            self._wake.notify()
        return done

    def stop(self) -> None:
        """Write what waits, roll the segment and end."""
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            with self._wake:
                while not (self._waiting or self._rolls or self._stopping):
                    self._wake.wait()
                group, self._waiting = self._waiting, []
                self._waiting_bytes = 0
                rolls, self._rolls = self._rolls, []
                stopping = self._stopping
            if group:
                self._commit(group)
            large = self._segment is not None and self._segment.size_bytes >= self._roll_bytes
            if rolls or stopping or large:
                self._roll(rolls)
            if stopping:
                return

    def _commit(self, group: list[_Waiting]) -> None:
        try:
            if self._segment is None:
                self._segment = self._folder.new_segment(self._clock())
            self._segment.append([waiting.line for waiting in group])
        except OSError as error:
            self.counts.failures += 1
            self.counts.failing = True
            self._abandon()
            for waiting in group:
                waiting.done.set_exception(error)
            return
        self.counts.failing = False
        self.counts.syncs += 1
        self.counts.lines += len(group)
        self.counts.spans += sum(waiting.spans for waiting in group)
        for waiting in group:
            waiting.done.set_result(None)

    def _abandon(self) -> None:
        """Leave a segment that the disk refused: what a failed sync left in it is not known.

        What was acknowledged before stays; its tail is looked at again before it is ingested.
        """
        if self._segment is None:
            return
        segment, self._segment = self._segment, None
        with suppress(OSError):
            if (path := segment.roll()) is not None:
                self._on_roll(path)

    def _roll(self, rolls: "list[Future[None]]") -> None:
        try:
            if self._segment is not None:
                segment, self._segment = self._segment, None
                if (path := segment.roll()) is not None:
                    self._on_roll(path)
        except OSError as error:
            for done in rolls:
                done.set_exception(error)
            return
        for done in rolls:
            done.set_result(None)

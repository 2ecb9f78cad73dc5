"""What a receiver has written goes into the ledger: now and then, and in a process of its own.

Reading spans is work for a processor; in the receiver's own process it would hold up its answers. A
segment is deleted, or set aside, only when the ledger has it. Whatever dies in between, the segment is
ingested again and changes nothing: the ledger knows it by its content, and each span by its id.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from centavo.cli.output import say

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = ["SegmentIngest", "SegmentPlace"]

_INGESTED = "ingested"


@dataclass(frozen=True)
class SegmentPlace:
    """Where segments stand and where they go.

    Attributes:
        ledger: The ledger's folder.
        rolled: Answers with the segments that wait, the oldest first.
        mappings: ``--map`` options for the spans' scope.
        keep: Whether ingested segments are moved into a folder beside them instead of deleted.
    """

    ledger: Path
    rolled: Callable[[], Sequence[Path]]
    mappings: tuple[str, ...] = ()
    keep: bool = False


class SegmentIngest:
    """Ingests rolled segments every so often, in a thread.

    Args:
        place: Where segments stand and where they go.
        roll: Rolls the open segment.
        ready: Set when a segment was rolled, which starts a round early.
        every_s: Seconds between two rounds.
    """

    def __init__(
        self,
        place: SegmentPlace,
        *,
        roll: Callable[[], "Future[None]"],
        ready: threading.Event,
        every_s: float,
    ) -> None:
        self.rows_written = 0
        self._place = place
        self._roll = roll
        self._every_s = every_s
        self._wake = ready
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="centavo-ingest")
        self._thread.start()

    def stop(self) -> None:
        """End after the round that is under way."""
        self._stopping = True
        self._wake.set()
        self._thread.join()

    def round(self, *, wait_s: float) -> bool:
        """Ingest the segments that wait and return whether none waits any more.

        Args:
            wait_s: How long to wait for another writer of the ledger.
        """
        segments = self._place.rolled()
        if not segments:
            return True
        try:
            return self._ingest(segments, wait_s)
        except (OSError, ValueError) as error:
            # The thread must live on: the segments are safe and the next round takes them.
            say(f"{len(segments)} segments wait: {error}")
            return False

    def _ingest(self, segments: Sequence[Path], wait_s: float) -> bool:
        done = subprocess.run(
            self._command(segments, wait_s),
            capture_output=True,
            text=True,
            check=False,
            # A Ctrl-C in the terminal is for the receiver; the ingest under way ends in peace.
            start_new_session=True,
        )
        if done.returncode != 0:
            reason = next(iter(done.stderr.strip().splitlines()[-2:]), f"code {done.returncode}")
            say(f"{len(segments)} segments wait: {reason.removeprefix('error: ')}")
            return False
        self._settle(segments, done.stdout)
        return True

    def _run(self) -> None:
        while not self._stopping:
            self._wake.wait(self._every_s)
            self._wake.clear()
            if not self._stopping and self._rolled():
                self.round(wait_s=5)

    def _rolled(self) -> bool:
        try:
            self._roll().result()
        except OSError as error:
            say(f"The open segment cannot be rolled: {error.strerror}; trying again later.")
            return False
        return True

    def _command(self, segments: Sequence[Path], wait_s: float) -> list[str]:
        options = [option for mapping in self._place.mappings for option in ("--map", mapping)]
        start = [sys.executable, "-m", "centavo", "--ledger", str(self._place.ledger), "ingest"]
        options += ["--source", "otel", "--skip-bad", "--json", "--wait", str(wait_s)]
        return [*start, *options, *map(str, segments)]

    def _settle(self, segments: Sequence[Path], answer: str) -> None:
        report = json.loads(answer)
        written = sum(source["rows_written"] for source in report["sources"])
        self.rows_written += written
        # The ledger's files are in the page cache only; the segments were the durable copy.
        os.sync()
        for segment in segments:
            if self._place.keep:
                aside = segment.parent / _INGESTED
                aside.mkdir(exist_ok=True)
                segment.rename(aside / segment.name)
            else:
                segment.unlink()
        say(f"Wrote {written:,} rows from {len(segments)} segments.")
        for source in report["sources"]:
            for warning in source["warnings"]:
                say(f"Warning [{warning['code']}]: {warning['message']}")

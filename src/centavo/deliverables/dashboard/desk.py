"""The desk: opens the ledger once for each of its states, and keeps what was prepared from it.

One page is prepared at a time, for an engine answers one question at a time. What takes seconds has an engine
of its own and is asked for beside that, so that other pages answer meanwhile.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context
from pathlib import Path

from centavo.consumption.cost_rollup import LARGE_ROWS, write_rollup
from centavo.deliverables.asked import Asked
from centavo.deliverables.dashboard.pages import PAGES
from centavo.deliverables.language import Language
from centavo.deliverables.page import Page
from centavo.deliverables.prepare.actions import finding_page
from centavo.deliverables.prepare.saving_page import saving_page
from centavo.deliverables.reading import LongAnswer, Reading
from centavo.findings import RuleSettings
from centavo.ledger.bodies.index import BodyIndex
from centavo.ledger.location import LedgerLocation
from centavo.ledger.plan import plan_table
from centavo.ledger.schema import REGISTERS, TABLES
from centavo.ledger.settings import Settings

__all__ = ["Desk"]

_MOST_PAGES = 512


@dataclass
class Desk:
    """Answers pages from the newest state of the ledger; safe to call from several threads.

    Attributes:
        settings: As loaded.
        rules: Returns the settings of rules at a time.
        clock: The clock, aware.
    """

    settings: Settings
    rules: Callable[[datetime], RuleSettings]
    clock: Callable[[], datetime]
    _reading: Reading | None = None
    _state: tuple[str, ...] = ()
    _facts: tuple[str, ...] = ()
    _pages: OrderedDict[tuple[str, str, str], Page] = field(
        default_factory=OrderedDict[tuple[str, str, str], Page]
    )
    _kept: dict[str, object] = field(default_factory=dict[str, object])
    _lock: threading.Lock = field(default_factory=threading.Lock)
    # One long answer at a time; whoever waits for it holds up nobody else.
    _long: threading.Lock = field(default_factory=threading.Lock)

    def page(self, name: str, asked: Asked, say: Language) -> Page:
        """Return a prepared page; prepared once for each state of the ledger and of the address.

        Raises:
            CentavoError: The ledger or the state of the address cannot be used.
            KeyError: There is no such page.
        """
        key = (name, asked.address(""), say.code)
        while True:
            with self._lock:
                reading = self._current()
                missing = [each for each in _beside(name) if not reading.knows(each)]
                if key in self._pages or not missing:
                    return self._kept_page(reading, key, asked, say)
            with self._long:
                for each in missing:
                    getattr(reading, each)

    def _kept_page(
        self, reading: Reading, key: tuple[str, str, str], asked: Asked, say: Language
    ) -> Page:
        if key not in self._pages:
            self._pages[key] = _prepared(reading, key[0], asked, say)
            if len(self._pages) > _MOST_PAGES:
                self._pages.popitem(last=False)
        self._pages.move_to_end(key)
        return self._pages[key]

    def warm(self) -> None:
        """Open the ledger now, so that the first reader does not wait for it."""
        with self._lock:
            self._current()

    def close(self) -> None:
        """Close the ledger; a later page opens it again."""
        with self._lock:
            if self._reading is not None:
                self._reading.ledger.engine.close()
            self._reading, self._state = None, ()
            self._pages.clear()

    def _current(self) -> Reading:
        """Return a reading of the newest state: a commit, a new day or another plan makes another."""
        now = self.clock()
        location = self.settings.location
        addresses = {name: plan_table(location, name).metadata_location for name in TABLES}
        facts = (
            f"{now:%Y-%m-%d}",
            _stamp(self.settings.plan),
            # Who drops prompts wants them gone from here too.
            repr(BodyIndex.read(location.bodies)),
            *(address for name, address in addresses.items() if name not in REGISTERS),
        )
        state = (*facts, *(addresses[name] for name in sorted(REGISTERS)))
        if facts != self._facts:
            self._facts, self._kept = facts, {}
        if self._reading is None or state != self._state:
            if self._reading is not None:
                self._reading.ledger.engine.close()
            self._pages.clear()
            _roll_up(location)
            self._reading = Reading.open(self.settings, self.rules(now), self._kept)
            self._state = state
        return self._reading


def _stamp(file: Path | None) -> str:
    """Return what changes when a file does."""
    if file is None or not file.exists():
        return ""
    state = file.stat()
    return f"{state.st_mtime_ns} {state.st_size}"


def _roll_up(location: LedgerLocation) -> None:
    """Sum a large ledger once, in a process of its own: what that takes of memory is given back."""
    rows = sum(
        file.rows
        for name in ("charges", "usage_events")
        for file in plan_table(location, name).files
    )
    if rows >= LARGE_ROWS:
        builder = get_context("spawn").Process(target=write_rollup, args=(location,))
        builder.start()
        builder.join()


def _beside(name: str) -> tuple[LongAnswer, ...]:
    return next((kind.beside for kind in PAGES if kind.id == name), ())


def _prepared(reading: Reading, name: str, asked: Asked, say: Language) -> Page:
    if name.startswith("finding/"):
        return finding_page(reading, name.removeprefix("finding/"), say)
    if name.startswith("saving/"):
        return saving_page(reading, name.removeprefix("saving/"), say)
    kinds = {kind.id: kind for kind in PAGES}
    return kinds[name].prepare(reading, asked, say)

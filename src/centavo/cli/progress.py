"""A progress line on a terminal after one second, with rows per second; silent elsewhere."""

import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

import duckdb

from centavo.ledger.reading import Tally

__all__ = ["Follower", "following"]

Follower = Callable[[str, duckdb.DuckDBPyConnection, Tally], None]
_AFTER_S = 1.0
_EVERY_S = 0.2


@contextmanager
def following() -> Generator[Follower | None, None, None]:
    """Yield what a long reading reports to; ``None`` where nobody is watching."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.status import Status

    console = Console(stderr=True)
    state: dict[str, object] = {}
    done = threading.Event()

    def follow(name: str, engine: duckdb.DuckDBPyConnection, tally: Tally) -> None:
        state.update(name=name, engine=engine, tally=tally, since=time.monotonic())

    def watch() -> None:
        started = time.monotonic()
        while not done.wait(_EVERY_S):
            if time.monotonic() - started > _AFTER_S and state:
                break
        if done.is_set():
            return
        with Status("reading", console=console) as status:
            while not done.wait(_EVERY_S):
                status.update(_line(state))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield follow
    finally:
        done.set()
        thread.join()


def _line(state: dict[str, object]) -> str:
    engine, tally = state["engine"], state["tally"]
    since = state["since"]
    assert isinstance(engine, duckdb.DuckDBPyConnection)
    assert isinstance(tally, Tally)
    assert isinstance(since, float)
    rows = sum(tally.read.values())
    if rows:
        speed = rows / max(time.monotonic() - since, 0.001)
        return f"{state['name']}: {rows:,} records, {speed:,.0f} a second"
    percent = engine.query_progress()
    shown = f"{percent:.0f} %" if percent >= 0 else "…"
    return f"{state['name']}: {shown}"

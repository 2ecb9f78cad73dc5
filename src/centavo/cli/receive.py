"""``centavo receive``: spans over OTLP/HTTP into the ledger."""

import asyncio
import importlib.util
import signal
import socket
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from centavo.cli.listening import listening, token_from
from centavo.cli.output import say
from centavo.cli.received_segments import SegmentIngest, SegmentPlace
from centavo.errors import ConfigError
from centavo.ledger.settings import Settings

if TYPE_CHECKING:
    from centavo.sources.otel_receiver import GroupCommit, ReceiverApp, SegmentFolder

__all__ = ["command"]

_PARTS = ("uvicorn", "opentelemetry.proto")
_ROLL_BYTES = 64 << 20
_LAST_WAIT_S = 60.0
_GUARD_HINT = "Name the variable of a token with --token-env, or listen at 127.0.0.1."


@click.command("receive")
@click.option(
    "--listen", default="127.0.0.1:4318", show_default=True, metavar="HOST:PORT", help="Address."
)
@click.option(
    "--token-env",
    metavar="NAME",
    help="Environment variable with the bearer token that senders must carry.",
)
@click.option(
    "--every",
    "every_s",
    default=300.0,
    show_default=True,
    type=click.FloatRange(min=1),
    help="Seconds between two ingests into the ledger.",
)
@click.option(
    "--segments",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for spans that wait [default: received, in the ledger's folder].",
)
@click.option("--keep", is_flag=True, help="Keep ingested segments in a folder beside the others.")
@click.option(
    "--map",
    "mappings",
    multiple=True,
    metavar="SCOPE=PATH",
    help="Where a span carries a scope, e.g. application=my.app.",
)
@click.pass_obj
def command(
    ledger: Path | None,
    *,
    listen: str,
    token_env: str | None,
    every_s: float,
    segments: Path | None,
    keep: bool,
    mappings: tuple[str, ...],
) -> None:
    """Receive OpenTelemetry spans over OTLP/HTTP, and write those of model calls to the ledger.

    Spans are on the disk before their sender hears that they arrived. SIGTERM or Ctrl-C ingests
    what waits and ends.
    """
    if any(importlib.util.find_spec(part.partition(".")[0]) is None for part in _PARTS):
        raise ConfigError(
            "the receiver's libraries are not installed", hint='pip install "centavo[receive]"'
        )
    from centavo.cli.ingest import mapping_pairs
    from centavo.sources.otel_receiver import SegmentFolder
    from centavo.sources.requests.scope import ScopeReader

    settings = Settings.load(Path.cwd(), ledger=ledger)
    ScopeReader(mapping_pairs(mappings))
    token = token_from(token_env)
    with listening(listen, is_guarded=token is not None, hint=_GUARD_HINT) as listener:
        folder = SegmentFolder(segments or settings.location.folder / "received")
        place = SegmentPlace(settings.location.folder, folder.rolled, mappings, keep)
        _receive(_Receiver(listener, folder, place, token), every_s=every_s)


@dataclass(frozen=True)
class _Receiver:
    listener: socket.socket
    folder: "SegmentFolder"
    place: SegmentPlace
    token: str | None


def _receive(receiver: _Receiver, *, every_s: float) -> None:
    from centavo.sources.otel_receiver import GroupCommit, ReceiverApp, ReceiverLimits

    repaired = receiver.folder.repair()
    if repaired.segments:
        say(
            f"A receiver died here: {repaired.segments} open segments are taken over, "
            f"{repaired.torn_bytes} bytes of unacknowledged spans cut off."
        )
    ready = threading.Event()
    commit = GroupCommit(
        receiver.folder,
        roll_bytes=_ROLL_BYTES,
        clock=lambda: datetime.now(UTC),  # noqa: TID251 -- the edge where the clock enters
        on_roll=lambda _: ready.set(),
    )
    ingest = SegmentIngest(receiver.place, roll=commit.roll, ready=ready, every_s=every_s)
    app = ReceiverApp(commit, token=receiver.token, limits=ReceiverLimits())
    try:
        if receiver.folder.rolled():
            ready.set()
        asyncio.run(_serve(app, receiver))
    finally:
        ingest.stop()
        commit.stop()
        whole = ingest.round(wait_s=_LAST_WAIT_S)
        receiver.folder.close()
        _say_goodbye(app, commit, rows=ingest.rows_written, whole=whole)


async def _serve(app: "ReceiverApp", receiver: _Receiver) -> None:
    import uvicorn

    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="error",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        timeout_keep_alive=65,
        timeout_graceful_shutdown=10,
    )
    server = uvicorn.Server(config)

    def stop() -> None:
        server.should_exit = True

    # uvicorn's own handlers would raise the signal again when all is done, and end with its code.
    server.capture_signals = _no_signals
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    host, port = receiver.listener.getsockname()[:2]
    say(
        f"Receiving spans at http://{host}:{port}/v1/traces; they wait in "
        f"{receiver.folder.folder} and go to the ledger in {receiver.place.ledger}."
    )
    await server.serve(sockets=[receiver.listener])


@contextmanager
def _no_signals() -> Generator[None, None, None]:
    yield


def _say_goodbye(app: "ReceiverApp", commit: "GroupCommit", *, rows: int, whole: bool) -> None:
    counts, written = app.counts, commit.counts
    say(f"Received {written.spans:,} spans in {written.lines:,} requests; wrote {rows:,} rows.")
    if counts.rejected:
        say(f"Rejected {counts.rejected:,} spans that cannot be read.")
    if counts.secrets:
        say(f"Replaced {counts.secrets:,} secrets in attributes.")
    if not whole:
        say("What waits is safe, and goes into the ledger at the next start.")

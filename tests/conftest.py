"""What every test gets: no network but loopback, and no settings of the person who runs it."""

import json
import socket
import sys
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, settings

from centavo.cli import main

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile(
    "untimed", parent=settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """Refuse every connection that would leave the machine."""
    connect = socket.socket.connect

    def guarded(self, address):
        host = address[0] if isinstance(address, tuple) else "local"
        if host not in {"local", "127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test tried to reach {host}")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    """Leave out the environment's own settings."""
    for name in ("CENTAVO_LEDGER", "CENTAVO_DEBUG", "CENTAVO_MEMORY_LIMIT", "CENTAVO_THREADS"):
        monkeypatch.delenv(name, raising=False)


@dataclass(frozen=True)
class Done:
    """What a command said and how it ended."""

    exit_code: int
    out: str
    err: str

    @property
    def json(self):
        return json.loads(self.out)


@pytest.fixture
def centavo(monkeypatch, capsys, tmp_path):
    """Run ``centavo`` in an empty folder with its ledger in ``./.centavo``."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["centavo", *map(str, arguments)])
        capsys.readouterr()
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 0
        said = capsys.readouterr()
        return Done(code, said.out, said.err)

    return run

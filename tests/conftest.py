"""What every test gets: no network but loopback, and no settings of the person who runs it."""

import socket

import pytest


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

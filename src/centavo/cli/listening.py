"""Listening at an address: refused where others can reach it and nobody proves who they are."""

import ipaddress
import os
import socket
from collections.abc import Generator
from contextlib import contextmanager

from centavo.errors import ConfigError

__all__ = ["is_loopback", "listening", "token_from"]


def token_from(name: str | None) -> str | None:
    """Return the token in an environment variable, if one is named.

    Raises:
        ConfigError: The variable is not set.
    """
    if name is None:
        return None
    token = os.environ.get(name, "").strip()
    if not token:
        raise ConfigError(
            f"the environment variable {name} is not set", hint="Put the token there."
        )
    return token


@contextmanager
def listening(listen: str, *, is_guarded: bool, hint: str) -> Generator[socket.socket, None, None]:
    """Open a listening socket at ``HOST:PORT``.

    Args:
        listen: As typed.
        is_guarded: Whether callers have to prove who they are.
        hint: What to do where they would not have to.

    Raises:
        ConfigError: The address cannot be used, or is open to others without proof.
    """
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    if not host or not port.isdigit() or int(port) > 65535:
        raise ConfigError(
            f"--listen {listen!r} is not HOST:PORT", hint="For example 127.0.0.1:8080."
        )
    if not is_guarded and not is_loopback(host):
        raise ConfigError(
            f"{host} can be reached from other machines, and nobody has to prove who they are",
            hint=hint,
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, int(port)), family=family, backlog=2048)
    except OSError as error:
        raise ConfigError(
            f"cannot listen at {listen}: {error.strerror or error}",
            hint="Another program may have the port; choose another with --listen.",
        ) from error
    with listener:
        yield listener


def is_loopback(host: str) -> bool:
    """Say whether only this machine can reach the host.

    >>> is_loopback("127.0.0.1"), is_loopback("0.0.0.0")
    (True, False)
    """
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"

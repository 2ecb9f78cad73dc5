"""A PostgreSQL server of its own for tests, where the machine has PostgreSQL's programs."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def postgres_server() -> Iterator[str]:
    """Yield the connection string of a fresh server on a Unix socket; skip where there is none."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="centavo-pg-"))
    user = _user()
    run_as = {"user": user} if user else {}
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    data, log = folder / "data", folder / "log"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder, **run_as}
    try:
        initdb = [programs / "initdb", "-D", data, "-U", "centavo", "-A", "trust", "--no-sync"]
        subprocess.run(initdb, check=True, **quiet)
        options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
        start = [programs / "pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start"]
        subprocess.run(start, check=True, **quiet)
        try:
            yield f"host={folder} dbname=postgres user=centavo"
        finally:
            stop = [programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"]
            subprocess.run(stop, check=False, **quiet)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not debian:
        pytest.skip("PostgreSQL's initdb is not on this machine")
    return debian[-1].parent


def _user() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    found = next((name for name in ("postgres", "nobody") if name in names), None)
    if found is None:
        pytest.skip("PostgreSQL does not run as root, and there is no other user")
    return found

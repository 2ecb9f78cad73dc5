"""A running certificate on disk: JSON, replaced whole or not at all."""

import os
from datetime import datetime
from pathlib import Path

import msgspec

from centavo.errors import ConfigError, InputError
from centavo.modelfit.routing.running import CountedLabel, Look, RunningCertificate
from centavo.policy import parse_route, route_text

__all__ = ["read_running", "write_running"]

_SCHEMA = "centavo.running_certificate/1"
_HINT = "`centavo certify --running FILE` writes one; docs/certify.md describes it."


class _Look(msgspec.Struct):
    at: datetime
    labels: int
    share: float


class _File(msgspec.Struct, forbid_unknown_fields=True):
    schema: str
    score_kind: str | None
    route: str
    spreads: list[float]
    proved: list[int]
    trained: list[str]
    labels: list[tuple[str, int, float]]
    looks: list[_Look]


def write_running(running: RunningCertificate, path: Path) -> None:
    """Write the certificate in place of what the file held.

    Raises:
        ConfigError: The file cannot be written.
    """
    content = _File(
        schema=_SCHEMA,
        score_kind=running.score_kind,
        route=route_text(running.route),
        spreads=list(running.spreads),
        proved=sorted(running.proved),
        trained=sorted(running.trained),
        labels=[(label.item, label.step, label.loss) for label in running.labels],
        looks=[_Look(look.at, look.labels, look.share) for look in running.looks],
    )
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.write_bytes(msgspec.json.encode(content))
        draft.replace(path)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror or error}") from error


def read_running(path: Path) -> RunningCertificate:
    """Return the certificate of a file.

    Raises:
        ConfigError: The file cannot be read.
        InputError: It is no running certificate; says what of it is wrong.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror or error}") from error
    try:
        file = msgspec.json.decode(content, type=_File)
    except msgspec.DecodeError as error:
        raise InputError(f"{path} is no running certificate: {error}", hint=_HINT) from error
    route = parse_route(file.route.encode(), file=f"{path}: route")
    plan = route.certificate
    steps = len(plan.thresholds) if plan else 0
    fits = (
        file.schema == _SCHEMA
        and steps > 0
        and len(file.spreads) == steps
        and all(0 <= step < steps for step in file.proved)
        and all(0 <= step <= steps and -1 <= loss <= 1 for _, step, loss in file.labels)
    )
    if not fits:
        raise InputError(f"{path} is no running certificate: its parts do not fit", hint=_HINT)
    return RunningCertificate(
        route=route,
        score_kind=file.score_kind,
        spreads=tuple(file.spreads),
        trained=frozenset(file.trained),
        labels=tuple(CountedLabel(*label) for label in file.labels),
        proved=frozenset(file.proved),
        looks=tuple(Look(look.at, look.labels, look.share) for look in file.looks),
    )

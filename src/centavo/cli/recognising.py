"""Which source reads which file: a look at its beginning, and the choice."""

import gzip
import zlib
from dataclasses import dataclass
from pathlib import Path

from centavo.cli.source_list import all_sources, sources_for
from centavo.errors import ConfigError, InputError, UnknownFormatError
from centavo.sources.source import Probe, Recognition, Source

__all__ = ["Recognised", "recognise", "take_probe"]

_HEAD_BYTES = 64 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
_PARQUET_MAGIC = b"PAR1"
_SURE = 0.95
_LONG_NAME = 40
# By their first bytes: files that hold others, and compressions that centavo does not undo.
_PACKED = {
    b"\xfd7zXZ\x00": "an xz archive",
    b"PK\x03\x04": "a ZIP archive or a workbook",
    b"BZh": "a bzip2 archive",
    b"\x28\xb5\x2f\xfd": "compressed with zstd",
    b"7z\xbc\xaf": "a 7z archive",
}
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_TAR_PLACE, _TAR_MAGIC = 257, b"ustar"


@dataclass(frozen=True)
class Recognised:
    """A file, the source that reads it, and why."""

    path: Path
    name: str
    source: Source
    reason: str


def recognise(path: Path, name: str, *, forced: str | None = None) -> Recognised:
    """Return the source that reads the file.

    Args:
        path: The file.
        name: As the user named it.
        forced: Name of the source to use whatever the file looks like.

    Raises:
        UnknownFormatError: No source recognises it, or two do equally.
        InputError: It cannot be opened or is empty.
        ConfigError: ``forced`` names no source.
    """
    if forced:
        chosen = [source for source in all_sources() if source.name == forced]
        if not chosen:
            known = ", ".join(source.name for source in all_sources())
            raise ConfigError(f"there is no source {forced!r}", hint=f"Known sources: {known}.")
        return Recognised(path, name, chosen[0], "--source says so")
    probe = take_probe(path, name)
    found = _answers(probe)
    if not found:
        raise _unknown(probe)
    best = max(answer.confidence for answer, _ in found)
    tied = [(answer, source) for answer, source in found if answer.confidence == best]
    if len(tied) > 1:
        names = " and ".join(source.name for _, source in tied)
        raise UnknownFormatError(
            f"{name} looks equally like {names}", hint="Say which with --source NAME."
        )
    answer, source = tied[0]
    return Recognised(path, name, source, answer.reason)


def _answers(probe: Probe) -> list[tuple[Recognition, Source]]:
    """Return the sources that say yes, up to the first that is sure: the others stay unimported."""
    found: list[tuple[Recognition, Source]] = []
    for source in sources_for(probe):
        if (answer := source.recognise(probe)) is not None:
            found.append((answer, source))
            if answer.confidence >= _SURE:
                break
    return found


def take_probe(path: Path, name: str) -> Probe:
    """Return the beginning of the file, decompressed.

    Raises:
        InputError: It cannot be opened, is empty or is UTF-16 text.
        UnknownFormatError: It is an archive.
    """
    try:
        with path.open("rb") as stream:
            start = stream.read(_HEAD_BYTES)
    except OSError as error:
        raise InputError(
            f"{name} cannot be opened: {error.strerror}", hint="Check the path and its rights."
        ) from error
    if not start:
        raise InputError(f"{name} is empty", hint="Export it again; a bill has at least a header.")
    suffixes = tuple(s.lower() for s in path.suffixes if s.lower() not in {".gz", ".zst"})
    if start.startswith(_PARQUET_MAGIC):
        return Probe(path, name, suffixes, None, "", _parquet_columns(path, name))
    compression = "gzip" if start.startswith(_GZIP_MAGIC) else None
    head = _gunzip_head(path, name) if compression else start
    _refuse_packed(head, name)
    if head.startswith(_UTF_16_MARKS):
        raise InputError(
            f"{name} is UTF-16 text; centavo reads UTF-8",
            hint='Save it as "CSV UTF-8", or convert it: `iconv -f UTF-16 -t UTF-8`.',
        )
    text = head.decode("utf-8", errors="replace").removeprefix("\ufeff")
    return Probe(path, name, suffixes, compression, text, _csv_columns(text))


def _refuse_packed(head: bytes, name: str) -> None:
    """Raise for what has to be unpacked first: read as text it would only look like a strange table."""
    found = next((what for magic, what in _PACKED.items() if head.startswith(magic)), None)
    if head[_TAR_PLACE : _TAR_PLACE + len(_TAR_MAGIC)] == _TAR_MAGIC:
        found = "a tar archive"
    if found:
        raise UnknownFormatError(
            f"{name} is {found}",
            hint="Unpack it, or export CSV, JSON or Parquet; centavo reads gzip as it is.",
        )


def _gunzip_head(path: Path, name: str) -> bytes:
    try:
        with gzip.open(path) as stream:
            return stream.read1(_HEAD_BYTES)
    except (EOFError, OSError, zlib.error) as error:
        raise InputError(
            f"{name} is not a whole gzip file: {error}", hint="Copy or export it again."
        ) from error


def _csv_columns(text: str) -> tuple[str, ...]:
    import csv

    from centavo.sources.csv_diagnosis import DELIMITERS

    first = text.split("\n", 1)[0].strip("\r")
    if not first or first.startswith(("{", "[")):
        return ()
    delimiter = max(DELIMITERS, key=first.count)
    try:
        return tuple(cell.strip() for cell in next(csv.reader([first], delimiter=delimiter)))
    except (csv.Error, StopIteration):
        return ()


def _parquet_columns(path: Path, name: str) -> tuple[str, ...]:
    import duckdb

    try:
        with duckdb.connect() as engine:
            rows: list[tuple[str]] = engine.execute(
                "SELECT column_name FROM (DESCRIBE FROM read_parquet(?))", [str(path)]
            ).fetchall()
        return tuple(name for (name,) in rows)
    except duckdb.Error as error:
        raise InputError(
            f"{name} begins like Parquet but cannot be read: {str(error).splitlines()[0]}",
            hint="It may be cut short: copy or export it again.",
        ) from error


def _unknown(probe: Probe) -> UnknownFormatError:
    names = [name if len(name) <= _LONG_NAME else f"{name[:_LONG_NAME]}…" for name in probe.columns]
    seen = f"columns {', '.join(names[:6])}" if names else repr(probe.head[:60])
    return UnknownFormatError(
        f"{probe.name} is in no format that centavo reads (it begins with {seen}); "
        f"{len(all_sources())} sources were tried",
        hint="`centavo explain formats` lists what each source reads; --source NAME forces one.",
    )

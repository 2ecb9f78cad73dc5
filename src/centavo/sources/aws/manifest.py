"""The manifest that AWS delivers beside a report: it names the files, and holds no charges."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import cast

from centavo.errors import InputError
from centavo.ledger.reading import InputFile, QualityWarning
from centavo.wording import counted

__all__ = ["MANIFEST_REASON", "is_manifest", "missing_parts"]

MANIFEST_REASON = "the manifest of a report, which names its files and has no charges"

_MOST_BYTES = 16 * 1024 * 1024
# How far above the manifest its files may stand: .../metadata/BILLING_PERIOD=2026-03/x.json
_FOLDERS_UP = 5


def is_manifest(head: str) -> bool:
    """Say whether the beginning of a file is that of a manifest, legacy or of Data Exports."""
    if not head.lstrip("\ufeff \t\r\n").startswith("{"):
        return False
    legacy = '"assemblyId"' in head and ('"columns"' in head or '"reportKeys"' in head)
    export = '"dataFiles"' in head and "s3://" in head
    return legacy or export


def missing_parts(
    manifests: Iterable[InputFile], given: Sequence[InputFile]
) -> list[QualityWarning]:
    """Return a warning where a manifest names files that are not there: the bill is incomplete.

    Raises:
        InputError: A manifest is not JSON.
    """
    names = {file.path.name for file in given}
    missing: list[str] = []
    source = ""
    for manifest in manifests:
        for key in _keys(manifest):
            if PurePosixPath(key).name not in names and not _is_there(manifest.path, key):
                missing.append(key)
                source = source or manifest.name
    if not missing:
        return []
    text = (
        f"{source} names {counted(len(missing), 'file')} of the report not here, such as"
        f" {missing[0]}: the month is incomplete."
    )
    return [QualityWarning("report_incomplete", text, 0)]


def _keys(manifest: InputFile) -> list[str]:
    """Return the keys in S3 of the files that a manifest names."""
    if manifest.size_bytes > _MOST_BYTES:
        raise InputError(
            f"{manifest.name} is too large for a manifest", hint="Leave it out of the command."
        )
    try:
        found: object = json.loads(manifest.path.read_text("utf-8-sig"))
    except ValueError as error:
        raise InputError(
            f"{manifest.name} is not a whole JSON file: {error}",
            hint="Copy it again, or leave it out: it has no charges.",
        ) from None
    if not isinstance(found, dict):
        return []
    content = cast("dict[str, object]", found)
    keys = content.get("reportKeys") or content.get("dataFiles")
    if not isinstance(keys, list):
        return []
    return [key for key in cast("list[object]", keys) if isinstance(key, str)]


def _is_there(manifest: Path, key: str) -> bool:
    """Say whether the file of a key stands where it does in the bucket, seen from the manifest."""
    parts = PurePosixPath(key.removeprefix("s3://")).parts
    tails = [Path(*parts[start:]) for start in range(len(parts))]
    folders = list(manifest.absolute().parents)[:_FOLDERS_UP]
    return any((folder / tail).exists() for folder in folders for tail in tails)

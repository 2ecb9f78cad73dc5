"""Files and folders that are written whole or not at all: beside their place, then renamed onto it.

Whoever reads meanwhile sees the old one or the new one; whoever dies meanwhile leaves the old one.
"""

import shutil
import uuid
from collections.abc import Collection, Generator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["whole_folder", "write_whole"]


def write_whole(path: Path, content: bytes | str) -> None:
    """Write a file, text as UTF-8; its folder is made when missing.

    Raises:
        OSError: It cannot be written; what stood there before stands there still.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _beside(path)
    try:
        draft.write_bytes(content.encode() if isinstance(content, str) else content)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path, *, ours: Collection[str]) -> Generator[Path, None, None]:
    """Give an empty folder to write into, and put it in the place of ``path`` when all went well.

    Args:
        path: Where it will stand.
        ours: Names of files that an earlier writing may have left there: those alone are replaced.

    Raises:
        FileExistsError: Something else stands there already.
        OSError: It cannot be written; what stood there before stands there still.
    """
    strange = sorted(each.name for each in path.iterdir() if each.name not in ours) if path.exists() else []  # fmt: skip
    if strange:
        raise FileExistsError(f"{path} holds other files: {', '.join(strange[:3])}")
    path.absolute().parent.mkdir(parents=True, exist_ok=True)
    draft = _beside(path)
    before = _beside(path)
    try:
        draft.mkdir()
        yield draft
        if path.exists():
            path.rename(before)
        try:
            draft.rename(path)
        except OSError:
            if before.exists():
                before.rename(path)
            raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        shutil.rmtree(before, ignore_errors=True)


def _beside(path: Path) -> Path:
    """Return a name in the same folder, so that renaming moves no bytes; another for every writer."""
    whole = path.absolute()
    return whole.with_name(f".{whole.name}.{uuid.uuid4().hex[:8]}.draft")

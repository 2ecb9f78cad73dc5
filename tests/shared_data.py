"""Where the real data stands: beside the repository, or nowhere, and then the test is skipped."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent / "shared" / "data"


def shared_data(name: str) -> Path:
    """Return the folder ``../shared/data/<name>``, or skip the test when it is not there."""
    folder = ROOT / name
    if not folder.exists():
        pytest.skip(f"../shared/data/{name} is not on this machine")
    return folder

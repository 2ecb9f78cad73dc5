"""pyarrow, imported where it is first used: it takes a tenth of a second and has no types."""

from typing import Any

__all__ = ["arrow"]


def arrow() -> Any:  # noqa: ANN401 -- pyarrow has no types
    """Return the module ``pyarrow``."""
    import pyarrow as pa  # pyright: ignore[reportMissingTypeStubs] -- it has none

    return pa

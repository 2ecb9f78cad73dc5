"""The project that an agent worked on, as the name of its work folder tells it."""

from functools import lru_cache

__all__ = ["project_of"]


@lru_cache(maxsize=10_000)
def project_of(folder: str | None) -> str | None:
    r"""Return the last part of a work folder's path: not where it is, nor whose it is.

    >>> project_of("/home/ada/src/shop/"), project_of("C:\\src\\shop"), project_of("/")
    ('shop', 'shop', None)
    """
    parts = [part for part in (folder or "").replace("\\", "/").split("/") if part]
    return parts[-1] if parts else None

"""English words around a number: ``1 row``, ``12,345 rows``."""

__all__ = ["counted"]


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun, in the singular or plural that it needs.

    Args:
        number: How many.
        noun: In the singular; what follows it belongs to it (``"row has"``).
        plural: The plural [default: the noun with an s].
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"

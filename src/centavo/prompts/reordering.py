"""Lines of a prompt that change with every request, behind those that do not."""

from collections import Counter
from collections.abc import Sequence

__all__ = ["constant_lines", "reordered"]


def constant_lines(texts: Sequence[str], share: float) -> set[str]:
    """Return the lines that at least that share of the texts have."""
    counts = Counter(line for text in texts for line in set(text.split("\n")))
    return {line for line, count in counts.items() if count >= share * len(texts)}


def reordered(text: str, constant: set[str]) -> str:
    r"""Return the text with its lines that vary at its end, in their order.

    >>> reordered("Now: 9:31\nBe brief.\nBe kind.", {"Be brief.", "Be kind."})
    'Be brief.\nBe kind.\nNow: 9:31'
    """
    lines = text.split("\n")
    return "\n".join(
        [*(x for x in lines if x in constant), *(x for x in lines if x not in constant)]
    )

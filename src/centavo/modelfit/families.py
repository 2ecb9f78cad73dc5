"""Families of models, told from their names: which is the smaller one, and which the newer.

Names are the only thing that every price list has. A family has sizes in an order, and versions. What
the grammar does not know is in no family, and no rule says anything of it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

__all__ = ["Member", "member_of", "newer", "smaller"]

# Sizes from the smallest. Sources: the model pages of Anthropic, OpenAI, Google, Mistral and Amazon.
_FAMILIES: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"claude-(?P<size>haiku|sonnet|opus)-(?P<version>\d+(?:-\d{1,2})?)(?!\d)"), ("haiku", "sonnet", "opus")),
    (re.compile(r"claude-(?P<version>\d+(?:-\d)?)-(?P<size>haiku|sonnet|opus)"), ("haiku", "sonnet", "opus")),
    (re.compile(r"gpt-(?P<version>\d+(?:\.\d+)?)o?(?:-(?P<size>nano|mini|pro))?(?=$|-20\d\d)"), ("nano", "mini", "", "pro")),
    (re.compile(r"gpt-(?P<version>\d+(?:\.\d+)?)-(?P<size>luna|terra|sol)$"), ("luna", "terra", "sol")),
    (re.compile(r"gemini-(?P<version>\d+(?:\.\d+)?)-(?P<size>flash-lite|flash|pro)(?=$|-preview|-\d)"), ("flash-lite", "flash", "pro")),
    (re.compile(r"nova-(?P<size>micro|lite|pro|premier)-v(?P<version>\d+)"), ("micro", "lite", "pro", "premier")),
)  # fmt: skip


@dataclass(frozen=True)
class Member:
    """A model of a family.

    Attributes:
        name: As the price book names it.
        family: Number of the family; and what stands before the name (a region, a vendor).
        size: Place in the order of sizes, 0 is the smallest.
        version: Numbers, for comparing.
    """

    name: str
    family: tuple[int, str]
    size: int
    version: tuple[int, ...]


def member_of(name: str) -> Member | None:
    """Return what a name says of the model; ``None`` where the grammar does not know it.

    >>> member_of("claude-opus-4-6")
    Member(name='claude-opus-4-6', family=(0, ''), size=2, version=(4, 6))
    >>> member_of("gpt-4o-mini").size, member_of("gpt-4o").size
    (1, 2)
    >>> member_of("text-embedding-3-small") is None
    True
    """
    for number, (pattern, sizes) in enumerate(_FAMILIES):
        found = pattern.search(name)
        if found:
            version = tuple(int(part) for part in re.findall(r"\d+", found["version"]))
            # Both orders of Anthropic's names are one family.
            family = (0 if number == 1 else number, name[: found.start()])
            return Member(name, family, sizes.index(found["size"] or ""), version)
    return None


def smaller(model: str, others: Iterable[str]) -> list[Member]:
    """Return the smallest size of the family, newest first, of a generation not newer than the model's.

    A newer one may not have been there when the work ran.
    """
    mine, found = _family(model, others)
    if mine is None:
        return []
    known = [it for it in found if it.size < mine.size and it.version <= mine.version]
    least = min((it.size for it in known), default=0)
    return sorted((it for it in known if it.size == least), key=lambda it: it.version, reverse=True)


def newer(model: str, others: Iterable[str]) -> list[Member]:
    """Return the later generations of the same size, newest first."""
    mine, found = _family(model, others)
    if mine is None:
        return []
    later = [it for it in found if it.size == mine.size and it.version > mine.version]
    return sorted(later, key=lambda it: it.version, reverse=True)


def _family(model: str, others: Iterable[str]) -> tuple[Member | None, Sequence[Member]]:
    mine = member_of(model)
    members = [it for name in others if (it := member_of(name))]
    return mine, [it for it in members if mine and it.family == mine.family]

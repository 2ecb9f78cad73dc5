"""Ink: the colours of a medium, and how a grade of evidence looks in them.

Five hues and a grey that keep 3:1 contrast on light and on dark and stay apart for colour-blind
readers. On a page every colour is a CSS variable, so that the reader's light or dark scheme decides;
on paper it is the colour itself.
"""

from dataclasses import dataclass
from typing import Literal

__all__ = ["HUES", "OTHERS", "PAGE", "PAPER", "Grade", "Ink"]

Grade = Literal["billed", "metered", "simulated", "estimated"]
HUES: tuple[str, ...] = ("#6542f0", "#e26612", "#3b9b9b", "#9b4e3b", "#9455be")
# The place of everything that has no hue of its own.
OTHERS = len(HUES)


@dataclass(frozen=True)
class Ink:
    """Colours of one medium.

    Attributes:
        hues: Five hues, then the grey of all others.
        text: Text.
        faint: Axis labels and notes.
        rule: Axes and grid.
        ground: What lies behind; separates stacked parts.
        font: Font family of the text.
    """

    hues: tuple[str, ...]
    text: str
    faint: str
    rule: str
    ground: str
    font: str

    def hue(self, place: int) -> str:
        """Return the colour of a place; past the fifth, grey."""
        return self.hues[min(place, OTHERS)]


PAPER = Ink((*HUES, "#7b7f87"), "#1c1e21", "#5b6068", "#d5d8dd", "#ffffff", "Fira Sans")
PAGE = Ink(
    tuple(f"var(--hue-{place})" for place in range(OTHERS + 1)),
    "var(--ink)",
    "var(--faint)",
    "var(--rule)",
    "var(--ground)",
    "inherit",
)

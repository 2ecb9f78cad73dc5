"""The frame of a chart: its size, its ink, and the words for those who do not see it."""

from dataclasses import dataclass
from html import escape

from centavo.charts.axis import Scale, Tick
from centavo.charts.elements import Attribute, element, group, label
from centavo.charts.ink import Grade, Ink

__all__ = ["TEXT_PX", "Frame"]

TEXT_PX = 12.0


@dataclass(frozen=True)
class Frame:
    """What every chart needs beside its figures.

    Attributes:
        ink: Colours and font of the medium.
        id: Unique on the page; names of patterns and titles begin with it.
        title: What the chart shows, one line, for screen readers and tooltips.
        description: What a reader would see in it: the figures that matter.
        width_px: Width; the drawing is made for it, not scaled.
    """

    ink: Ink
    id: str
    title: str
    description: str
    width_px: float = 720.0

    def svg(self, parts: list[str], *, height_px: float) -> str:
        """Return the whole drawing."""
        title = element("title", escape(self.title), id=f"{self.id}-title")
        told = element("desc", escape(self.description), id=f"{self.id}-desc")
        return element(
            "svg",
            title + told + self._patterns() + "".join(parts),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {self.width_px:g} {height_px:g}",
            width=f"{self.width_px:g}",
            height=f"{height_px:g}",
            role="img",
            aria_labelledby=f"{self.id}-title {self.id}-desc",
            font_family=self.ink.font,
            font_size=f"{TEXT_PX:g}",
            fill=self.ink.text,
        )

    def fill(self, hue: int, grade: Grade) -> dict[str, Attribute]:
        """Return the attributes of an area: the grade is seen without its colour.

        Billed is full; metered is pale within a full line; simulated is hatched; estimated is an
        outline of dashes.
        """
        colour = self.ink.hue(hue)
        if grade == "billed":
            return {"fill": colour}
        if grade == "metered":
            return {"fill": colour, "fill_opacity": 0.62, "stroke": colour}
        if grade == "simulated":
            return {"fill": f"url(#{self.id}-hatch-{hue})", "stroke": colour}
        return {"fill": colour, "fill_opacity": 0.08, "stroke": colour, "stroke_dasharray": "3 2"}

    def value_axis(self, ticks: tuple[Tick, ...], scale: Scale, *, left: float) -> str:
        """Return grid lines across the drawing with the words of each at the left."""
        lines = (
            element(
                "line", x1=left, x2=self.width_px, y1=scale(t.value), y2=scale(t.value),
                stroke=self.ink.rule,
            )
            for t in ticks
        )  # fmt: skip
        words = (
            label(t.label, x=left - 6, y=scale(t.value) + 4, text_anchor="end", fill=self.ink.faint)
            for t in ticks
        )
        return group([*lines, *words])

    def _patterns(self) -> str:
        hatches = (
            element(
                "pattern",
                element("path", d="M-1 1 L1 -1 M0 6 L6 0 M5 7 L7 5", stroke=colour, stroke_width=1.6),
                id=f"{self.id}-hatch-{place}", width=6, height=6, patternUnits="userSpaceOnUse",
            )
            for place, colour in enumerate(self.ink.hues)
        )  # fmt: skip
        return element("defs", "".join(hatches))

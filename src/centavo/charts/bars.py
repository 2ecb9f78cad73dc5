"""Horizontal bars: one thing a row, the largest first, the name at the left, the figure at the right."""

from dataclasses import dataclass
from html import escape

from centavo.charts.axis import Scale
from centavo.charts.elements import element, group, label, names_px, shortened
from centavo.charts.frame import TEXT_PX, Frame
from centavo.charts.ink import Grade

__all__ = ["Bar", "BarChart", "bar_chart"]

_ROW_PX = 26.0
_BAR_PX = 14.0
# A narrow drawing keeps the second figure for its tooltip.
_ROOM_FOR_NOTES_PX = 480.0


@dataclass(frozen=True)
class Bar:
    """One row.

    Attributes:
        name: Whole name; it is cut to fit and whole in its tooltip.
        value: Length; ``None`` is unknown and draws nothing.
        label: The figure as words; a dash where unknown.
        hue: Place of its colour.
        grade: What the figure rests on.
        note: A second figure, faint: a share.
    """

    name: str
    value: float | None
    label: str
    hue: int = 0
    grade: Grade = "billed"
    note: str = ""


@dataclass(frozen=True)
class BarChart:
    """Rows in the order to draw them."""

    bars: tuple[Bar, ...]


def bar_chart(chart: BarChart, frame: Frame) -> str:
    """Return the bars as SVG; values below zero run to the left of the zero line."""
    name_px = names_px((bar.name for bar in chart.bars), most=0.34 * frame.width_px, size=TEXT_PX)
    figure_px = 0.2 * frame.width_px + 24
    known = [bar.value for bar in chart.bars if bar.value is not None]
    scale = Scale(
        min(0.0, *known, 0.0),
        max([*known, 0.0]) or 1.0,
        name_px + 8,
        frame.width_px - figure_px,
    )
    rows = [
        _row(bar, frame, scale=scale, top=place * _ROW_PX) for place, bar in enumerate(chart.bars)
    ]
    return frame.svg(rows, height_px=_ROW_PX * max(1, len(chart.bars)))


def _row(bar: Bar, frame: Frame, *, scale: Scale, top: float) -> str:
    middle = top + _ROW_PX / 2 + 4
    value = bar.value or 0.0
    start, end = sorted((scale(0.0), scale(value)))
    drawn = (
        element(
            "rect", x=start, y=top + (_ROW_PX - _BAR_PX) / 2, width=max(end - start, 0.5),
            height=_BAR_PX, rx=1, **frame.fill(bar.hue, bar.grade),
        )
        if bar.value is not None
        else ""
    )  # fmt: skip
    name = shortened(bar.name, scale.start - 8, size=TEXT_PX)
    note = f"{bar.label}  {bar.note}" if bar.note else bar.label
    return group(
        [
            element("title", escape(f"{bar.name}: {note}")),
            label(name, x=scale.start - 8, y=middle, text_anchor="end"),
            drawn,
            label(bar.label, x=end + 6, y=middle),
            label(bar.note, x=frame.width_px, y=middle, text_anchor="end", fill=frame.ink.faint)
            if bar.note and frame.width_px >= _ROOM_FOR_NOTES_PX
            else "",
        ]
    )

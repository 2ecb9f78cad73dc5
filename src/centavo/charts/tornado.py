"""A tornado: how far each driver moves the result to either side, the widest on top."""

from dataclasses import dataclass
from html import escape

from centavo.charts.axis import Scale, Tick
from centavo.charts.elements import element, group, label, names_px, shortened
from centavo.charts.frame import TEXT_PX, Frame

__all__ = ["TornadoBar", "TornadoChart", "tornado_chart"]

_ROW_PX = 26.0
_BAR_PX = 14.0
_AXIS_PX = 24.0


@dataclass(frozen=True)
class TornadoBar:
    """One driver: the result at its low and at its high end, and the words of both."""

    name: str
    low: float
    high: float
    low_label: str
    high_label: str


@dataclass(frozen=True)
class TornadoChart:
    """Drivers in the order to draw them, around the result as planned."""

    bars: tuple[TornadoBar, ...]
    centre: Tick


def tornado_chart(chart: TornadoChart, frame: Frame) -> str:
    """Return the drivers as SVG: orange where the result rises, teal where it falls."""
    name_px, word_px = _name_px(chart, frame), 64.0
    ends = [end for bar in chart.bars for end in (bar.low, bar.high)] + [chart.centre.value]
    scale = Scale(min(ends), max(ends), name_px + word_px, frame.width_px - word_px)
    height = _AXIS_PX + _ROW_PX * len(chart.bars)
    centre = scale(chart.centre.value)
    head = [
        element("line", x1=centre, x2=centre, y1=_AXIS_PX - 4, y2=height, stroke=frame.ink.faint),
        label(chart.centre.label, x=centre, y=14, text_anchor="middle", fill=frame.ink.faint),
    ]
    rows = [
        _row(bar, chart, frame, scale=scale, top=_AXIS_PX + place * _ROW_PX)
        for place, bar in enumerate(chart.bars)
    ]
    return frame.svg([*rows, *head], height_px=height)


def _name_px(chart: TornadoChart, frame: Frame) -> float:
    return names_px((bar.name for bar in chart.bars), most=0.3 * frame.width_px, size=TEXT_PX)


def _row(bar: TornadoBar, chart: TornadoChart, frame: Frame, *, scale: Scale, top: float) -> str:
    middle = top + _ROW_PX / 2 + 4
    name_px = _name_px(chart, frame)
    parts = [
        element("title", escape(f"{bar.name}: {bar.low_label} … {bar.high_label}")),
        label(shortened(bar.name, name_px, size=TEXT_PX), x=0, y=middle),
    ]
    ends = sorted(((bar.low, bar.low_label), (bar.high, bar.high_label)))
    for value, _ in ends:
        start, end = sorted((scale(chart.centre.value), scale(value)))
        falls = value < chart.centre.value
        parts += [
            element(
                "rect", x=start, y=top + (_ROW_PX - _BAR_PX) / 2, width=max(end - start, 0.5),
                height=_BAR_PX, **frame.fill(2 if falls else 1, "simulated"),
            ),
        ]  # fmt: skip
    (low, low_words), (high, high_words) = ends
    parts += [
        label(low_words, x=scale(low) - 5, y=middle, text_anchor="end"),
        label(high_words, x=scale(high) + 5, y=middle),
    ]
    return group(parts)

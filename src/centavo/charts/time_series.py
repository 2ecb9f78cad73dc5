"""Amounts over time: stacked columns; the unfinished is pale, the missing a gap, a forecast a cone."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from centavo.charts.axis import Scale, Tick
from centavo.charts.elements import element, group, label, path, text_em
from centavo.charts.frame import TEXT_PX, Frame
from centavo.charts.ink import Grade

__all__ = ["Band", "Layer", "TimeSeriesChart", "time_series_chart"]

_HEIGHT_PX = 260.0
_LEFT_PX = 64.0
_FOOT_PX = 24.0


@dataclass(frozen=True)
class Layer:
    """One part of every column: its values in order of time; ``None`` is missing, zero is a value."""

    name: str
    values: tuple[float | None, ...]
    hue: int
    grade: Grade = "billed"


@dataclass(frozen=True)
class Band:
    """A forecast of whole columns: low, middle and high for the places from ``first`` on."""

    first: int
    low: tuple[float, ...]
    middle: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class TimeSeriesChart:
    """Columns from left to right.

    Attributes:
        layers: From the bottom up.
        columns: Name of each column, for its tooltip: a date and its total.
        values: Ticks of the value axis, from the lowest to the highest.
        times: Places (column numbers) to name on the time axis.
        unfinished: Columns from this place on are still arriving; ``None``: all are whole.
        forecast: Cone over columns that have no layers yet.
        marks: Columns to point at, with the words of each.
    """

    layers: tuple[Layer, ...]
    columns: tuple[str, ...]
    values: tuple[Tick, ...]
    times: tuple[Tick, ...]
    unfinished: int | None = None
    forecast: Band | None = None
    marks: tuple[Tick, ...] = ()


def time_series_chart(chart: TimeSeriesChart, frame: Frame) -> str:
    """Return the columns as SVG."""
    top = 22.0 if chart.marks else 8.0
    up = Scale(chart.values[0].value, chart.values[-1].value, _HEIGHT_PX - _FOOT_PX, top)
    across = Scale(0.0, float(max(1, len(chart.columns))), _LEFT_PX, frame.width_px - 4)
    parts = [
        frame.value_axis(chart.values, up, left=_LEFT_PX),
        *(
            _column(place, chart, frame, across=across, up=up)
            for place in range(len(chart.columns))
        ),
        _cone(chart.forecast, frame, across=across, up=up) if chart.forecast else "",
        *_times(chart.times, frame, across=across),
        *(_mark(tick, frame, across=across) for tick in chart.marks),
    ]
    return frame.svg(parts, height_px=_HEIGHT_PX)


def _column(place: int, chart: TimeSeriesChart, frame: Frame, *, across: Scale, up: Scale) -> str:
    start, end = across(place), across(place + 1)
    gap = min(2.0, (end - start) * 0.18)
    above = below = 0.0
    parts: list[str] = []
    for layer in chart.layers:
        value = layer.values[place] if place < len(layer.values) else None
        if not value:
            continue
        base = above if value > 0 else below
        top, bottom = up(base + max(value, 0.0)), up(base + min(value, 0.0))
        parts.append(
            element(
                "rect", x=start + gap / 2, y=top, width=max(end - start - gap, 0.6),
                height=max(bottom - top, 0.4), **frame.fill(layer.hue, layer.grade),
            )
        )  # fmt: skip
        above, below = (above + value, below) if value > 0 else (above, below + value)
    late = chart.unfinished is not None and place >= chart.unfinished
    if not parts:
        return ""
    title = element("title", escape(chart.columns[place]))
    return group([title, *parts], opacity=0.45 if late else None)


def _cone(band: Band, frame: Frame, *, across: Scale, up: Scale) -> str:
    middles = [across(band.first + place + 0.5) for place in range(len(band.middle))]

    def line(values: Sequence[float]) -> list[tuple[float, float]]:
        return [(x, up(value)) for x, value in zip(middles, values, strict=True)]

    area = path(
        [*line(band.high), *reversed(line(band.low))], close=True,
        fill=frame.ink.hue(0), fill_opacity=0.14, stroke="none",
    )  # fmt: skip
    dots = path(
        line(band.middle), fill="none", stroke=frame.ink.hue(0), stroke_width=2, stroke_dasharray="1 4",
        stroke_linecap="round",
    )  # fmt: skip
    return area + dots


def _times(ticks: tuple[Tick, ...], frame: Frame, *, across: Scale) -> list[str]:
    """Return the names of times, leaving out what would stand on the one before."""
    shown: list[str] = []
    free = 0.0
    for tick in ticks:
        x, width = across(tick.value), TEXT_PX * text_em(tick.label)
        if x >= free and x + width <= frame.width_px:
            shown.append(label(tick.label, x=x, y=_HEIGHT_PX - 8, fill=frame.ink.faint))
            free = x + width + 8
    return shown


def _mark(tick: Tick, frame: Frame, *, across: Scale) -> str:
    x = across(tick.value + 0.5)
    near_end = x > frame.width_px * 0.75
    words = label(
        tick.label, x=x - 5 if near_end else x + 5, y=12, text_anchor="end" if near_end else None
    )
    line = element(
        "line",
        x1=x,
        x2=x,
        y1=4,
        y2=_HEIGHT_PX - _FOOT_PX,
        stroke=frame.ink.text,
        stroke_dasharray="2 3",
    )
    return line + words

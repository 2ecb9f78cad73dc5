"""A staircase: cost against volume, where one way grows by whole steps and the other by the piece."""

from dataclasses import dataclass

from centavo.charts.axis import Scale, Tick
from centavo.charts.elements import element, label, path
from centavo.charts.frame import Frame
from centavo.charts.ink import Grade

__all__ = ["Stair", "StaircaseChart", "staircase_chart"]

_HEIGHT_PX = 300.0
_LEFT_PX = 64.0


@dataclass(frozen=True)
class Stair:
    """One way: its name, its points (volume, cost) in order, and whether it jumps between them."""

    name: str
    points: tuple[tuple[float, float], ...]
    hue: int
    jumps: bool = False
    grade: Grade = "estimated"


@dataclass(frozen=True)
class StaircaseChart:
    """Ways to compare, the axes, and the volumes where the cheaper one changes.

    Attributes:
        stairs: Lines.
        volumes: Ticks of the volume axis.
        costs: Ticks of the cost axis.
        crossings: Where two lines cross, with the words to print there.
        volume_name: Name and unit of the volume.
    """

    stairs: tuple[Stair, ...]
    volumes: tuple[Tick, ...]
    costs: tuple[Tick, ...]
    crossings: tuple[Tick, ...]
    volume_name: str


def staircase_chart(chart: StaircaseChart, frame: Frame) -> str:
    """Return the lines as SVG, named at the left of the top edge, crossings marked from below."""
    across = Scale(chart.volumes[0].value, chart.volumes[-1].value, _LEFT_PX, frame.width_px - 12)
    up = Scale(chart.costs[0].value, chart.costs[-1].value, _HEIGHT_PX - 40, 28)
    parts = [frame.value_axis(chart.costs, up, left=_LEFT_PX)]
    parts += [
        label(
            t.label,
            x=across(t.value),
            y=_HEIGHT_PX - 22,
            text_anchor="middle",
            fill=frame.ink.faint,
        )
        for t in chart.volumes
    ]
    parts.append(
        label(
            chart.volume_name,
            x=frame.width_px,
            y=_HEIGHT_PX - 4,
            text_anchor="end",
            fill=frame.ink.faint,
        )
    )
    parts += [_line(stair, frame, across=across, up=up) for stair in chart.stairs]
    parts += [_name(stair, frame, place) for place, stair in enumerate(chart.stairs)]
    parts += [_crossing(tick, frame, across=across) for tick in chart.crossings]
    return frame.svg(parts, height_px=_HEIGHT_PX)


def _line(stair: Stair, frame: Frame, *, across: Scale, up: Scale) -> str:
    points: list[tuple[float, float]] = []
    for x, y in stair.points:
        if stair.jumps and points:
            points.append((across(x), points[-1][1]))
        points.append((across(x), up(y)))
    dashes = "5 3" if stair.grade == "estimated" else None
    return path(
        points,
        fill="none",
        stroke=frame.ink.hue(stair.hue),
        stroke_width=2,
        stroke_dasharray=dashes,
    )


def _name(stair: Stair, frame: Frame, place: int) -> str:
    x = _LEFT_PX + place * (frame.width_px - _LEFT_PX) / 2
    mark = element("rect", x=x, y=6, width=10, height=10, fill=frame.ink.hue(stair.hue))
    return mark + label(stair.name, x=x + 15, y=15)


def _crossing(tick: Tick, frame: Frame, *, across: Scale) -> str:
    x = across(tick.value)
    near_end = x > frame.width_px * 0.7
    line = element(
        "line", x1=x, x2=x, y1=28, y2=_HEIGHT_PX - 40, stroke=frame.ink.text, stroke_dasharray="2 3"
    )
    return line + label(
        tick.label, x=x - 5 if near_end else x + 5, y=40, text_anchor="end" if near_end else None
    )

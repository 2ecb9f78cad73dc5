"""A frontier: cost against quality, where only what nothing beats in both is on the line."""

from dataclasses import dataclass
from html import escape

from centavo.charts.axis import Scale, Tick
from centavo.charts.elements import element, group, label, path, shortened
from centavo.charts.frame import TEXT_PX, Frame

__all__ = ["FrontierChart", "FrontierPoint", "frontier_chart"]

_HEIGHT_PX = 320.0
_LEFT_PX = 64.0


@dataclass(frozen=True)
class FrontierPoint:
    """One way to serve: its cost and quality.

    Attributes:
        name: Everything about it, for whoever points at it.
        cost: Along the axis below.
        quality: Along the axis beside.
        hue: Place of its colour.
        label: Words beside it; empty leaves it to the legend.
        is_best: Whether nothing beats it in both.
        is_today: Whether it runs today.
        is_certified: Whether its quality is promised.
    """

    name: str
    cost: float
    quality: float
    hue: int = 0
    label: str = ""
    is_best: bool = False
    is_today: bool = False
    is_certified: bool = False


@dataclass(frozen=True)
class FrontierChart:
    """Points and axes; ``cost_name`` and ``quality_name`` carry their units."""

    points: tuple[FrontierPoint, ...]
    costs: tuple[Tick, ...]
    qualities: tuple[Tick, ...]
    cost_name: str
    quality_name: str


def frontier_chart(chart: FrontierChart, frame: Frame) -> str:
    """Return the points as SVG: full on the frontier, ringed today's, framed what is certified."""
    across = Scale(chart.costs[0].value, chart.costs[-1].value, _LEFT_PX, frame.width_px - 16)
    up = Scale(chart.qualities[0].value, chart.qualities[-1].value, _HEIGHT_PX - 44, 24)
    best = sorted((p.cost, p.quality) for p in chart.points if p.is_best)
    parts = [
        frame.value_axis(chart.qualities, up, left=_LEFT_PX),
        label(chart.quality_name, x=0, y=12, fill=frame.ink.faint),
        *(
            label(t.label, x=across(t.value), y=_HEIGHT_PX - 26, text_anchor="middle", fill=frame.ink.faint)
            for t in chart.costs
        ),
        label(chart.cost_name, x=frame.width_px, y=_HEIGHT_PX - 6, text_anchor="end", fill=frame.ink.faint),
        path(
            [(across(cost), up(quality)) for cost, quality in best],
            fill="none", stroke=frame.ink.faint, stroke_width=1.5,
        ),
        *(_point(point, frame, across=across, up=up) for point in chart.points),
    ]  # fmt: skip
    return frame.svg(parts, height_px=_HEIGHT_PX)


def _point(point: FrontierPoint, frame: Frame, *, across: Scale, up: Scale) -> str:
    x, y = across(point.cost), up(point.quality)
    colour = frame.ink.hue(point.hue)
    near_end = x > frame.width_px * 0.75
    return group(
        [
            element("title", escape(point.name)),
            element("circle", cx=x, cy=y, r=9, fill="none", stroke=frame.ink.text)
            if point.is_today
            else "",
            element("rect", x=x - 9, y=y - 9, width=18, height=18, fill="none", stroke=frame.ink.text)
            if point.is_certified
            else "",
            element(
                "circle", cx=x, cy=y, r=5, fill=colour if point.is_best else frame.ink.ground,
                stroke=colour, stroke_width=2,
            ),
            "" if not point.label else label(
                shortened(point.label, 180, size=TEXT_PX), x=x - 12 if near_end else x + 12, y=y - 12 if near_end else y + 4,
                text_anchor="end" if near_end else None,
                fill=frame.ink.text if point.is_best or point.is_today else frame.ink.faint,
            ),
        ]
    )  # fmt: skip

"""A waterfall: from the baseline, step by step in the order of the plan, to what remains."""

from dataclasses import dataclass
from html import escape
from itertools import pairwise

from centavo.charts.axis import Scale
from centavo.charts.elements import element, group, label, names_px, shortened
from centavo.charts.frame import TEXT_PX, Frame
from centavo.charts.ink import OTHERS, Grade

__all__ = ["WaterfallChart", "WaterfallStep", "waterfall_chart"]

_ROW_PX = 30.0
_BAR_PX = 16.0
# Of a name in bold against the mean letter.
_BOLD = 1.12


@dataclass(frozen=True)
class WaterfallStep:
    """One row: a total that stands on zero, or a step from where the row before ended.

    Attributes:
        name: What it is.
        start: Where it begins: zero of a total.
        end: Where it ends.
        label: The figure as words.
        grade: What the figure rests on.
        low: Where the interval of ``end`` begins; ``None`` draws no whisker.
        high: Where it ends.
        is_good: Whether it is drawn as a gain; ``None`` takes what falls as one.
    """

    name: str
    start: float
    end: float
    label: str
    grade: Grade = "simulated"
    low: float | None = None
    high: float | None = None
    is_good: bool | None = None


@dataclass(frozen=True)
class WaterfallChart:
    """Steps from top to bottom."""

    steps: tuple[WaterfallStep, ...]


def waterfall_chart(chart: WaterfallChart, frame: Frame) -> str:
    """Return the steps as SVG, read from top to bottom, so that long names have room."""
    figure_px = 96.0
    name_px = names_px(
        (step.name for step in chart.steps), most=0.38 * frame.width_px, size=TEXT_PX * _BOLD
    )
    ends = [
        0.0,
        *(v for s in chart.steps for v in (s.start, s.end, s.low, s.high) if v is not None),
    ]
    scale = Scale(min(ends), max(ends) or 1.0, name_px + 8, frame.width_px - figure_px)
    rows = [
        _row(step, frame, scale=scale, top=place * _ROW_PX)
        for place, step in enumerate(chart.steps)
    ]
    links = [
        element(
            "line", x1=scale(before.end), x2=scale(before.end),
            y1=place * _ROW_PX + (_ROW_PX + _BAR_PX) / 2,
            y2=(place + 1) * _ROW_PX + (_ROW_PX - _BAR_PX) / 2, stroke=frame.ink.faint,
        )
        for place, (before, _) in enumerate(pairwise(chart.steps))
    ]  # fmt: skip
    return frame.svg([*links, *rows], height_px=_ROW_PX * max(1, len(chart.steps)))


def _row(step: WaterfallStep, frame: Frame, *, scale: Scale, top: float) -> str:
    middle = top + _ROW_PX / 2
    start, end = sorted((scale(step.start), scale(step.end)))
    is_total = step.start == 0
    falls = step.end < step.start
    is_good = falls if step.is_good is None else step.is_good
    hue = 0 if is_total else 2 if is_good else 1
    ahead = max([end, *(scale(v) for v in (step.low, step.high) if v is not None)])
    name = shortened(step.name, scale.start - 8, size=TEXT_PX * (_BOLD if is_total else 1.0))
    return group(
        [
            element("title", escape(f"{step.name}: {step.label}")),
            label(
                name, x=scale.start - 8, y=middle + 4, text_anchor="end",
                font_weight="600" if is_total else None,
            ),
            element(
                "rect", x=start, y=middle - _BAR_PX / 2, width=max(end - start, 0.5), height=_BAR_PX,
                rx=1, **frame.fill(hue, step.grade),
            ),
            _whisker(step, frame, scale=scale, middle=middle),
            label(
                step.label, x=ahead + 6, y=middle + 4, font_weight="600" if is_total else None,
                fill=frame.ink.text if hue != OTHERS else frame.ink.faint,
            ),
        ]
    )  # fmt: skip


def _whisker(step: WaterfallStep, frame: Frame, *, scale: Scale, middle: float) -> str:
    if step.low is None or step.high is None:
        return ""
    low, high = scale(step.low), scale(step.high)
    return element(
        "path",
        d=f"M{low:.1f} {middle - 4:.1f} v8 M{low:.1f} {middle:.1f} H{high:.1f} M{high:.1f} {middle - 4:.1f} v8",
        stroke=frame.ink.text,
        fill="none",
    )

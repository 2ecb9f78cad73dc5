"""A roadmap: what is done in which weeks, grouped by phase."""

from dataclasses import dataclass
from html import escape

from centavo.charts.axis import Scale, Tick
from centavo.charts.elements import element, group, label, names_px, shortened
from centavo.charts.frame import TEXT_PX, Frame

__all__ = ["RoadmapChart", "RoadmapTask", "roadmap_chart"]

_ROW_PX = 26.0
_HEAD_PX = 28.0


@dataclass(frozen=True)
class RoadmapTask:
    """A task: from the start of week ``start`` to the start of week ``end``, and its phase's hue."""

    name: str
    start: float
    end: float
    hue: int
    note: str = ""


@dataclass(frozen=True)
class RoadmapChart:
    """Tasks from top to bottom under their weeks."""

    tasks: tuple[RoadmapTask, ...]
    weeks: tuple[Tick, ...]


def roadmap_chart(chart: RoadmapChart, frame: Frame) -> str:
    """Return the tasks as SVG."""
    name_px = names_px(
        (task.name for task in chart.tasks), most=0.36 * frame.width_px, size=TEXT_PX
    )
    across = Scale(chart.weeks[0].value, chart.weeks[-1].value, name_px + 8, frame.width_px - 4)
    height = _HEAD_PX + _ROW_PX * max(1, len(chart.tasks))
    grid = [
        element(
            "line",
            x1=across(t.value),
            x2=across(t.value),
            y1=_HEAD_PX - 6,
            y2=height,
            stroke=frame.ink.rule,
        )
        for t in chart.weeks
    ]
    words = [
        label(t.label, x=across(t.value) + 3, y=14, fill=frame.ink.faint) for t in chart.weeks[:-1]
    ]
    rows = [
        _row(task, frame, across=across, top=_HEAD_PX + place * _ROW_PX)
        for place, task in enumerate(chart.tasks)
    ]
    return frame.svg([*grid, *words, *rows], height_px=height)


def _row(task: RoadmapTask, frame: Frame, *, across: Scale, top: float) -> str:
    start, end = across(task.start), across(task.end)
    middle = top + _ROW_PX / 2
    inside = task.note and len(task.note) * 6.5 < end - start - 8
    note = (
        label(task.note, x=start + 6, y=middle + 4, fill=frame.ink.ground)
        if inside
        else label(
            shortened(task.note, frame.width_px - end - 8, size=TEXT_PX),
            x=end + 5,
            y=middle + 4,
            fill=frame.ink.faint,
        )
    )
    return group(
        [
            element("title", escape(f"{task.name} {task.note}".strip())),
            label(
                shortened(task.name, across.start - 8, size=TEXT_PX),
                x=across.start - 8, y=middle + 4, text_anchor="end",
            ),
            element(
                "rect", x=start, y=middle - 8, width=max(end - start, 2.0), height=16, rx=2,
                fill=frame.ink.hue(task.hue),
            ),
            note if task.note else "",
        ]
    )  # fmt: skip

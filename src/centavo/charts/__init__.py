"""Charts as SVG text, drawn from prepared figures; the same drawing serves the page and the paper."""

from centavo.charts.axis import Tick, nice_ticks
from centavo.charts.bars import Bar, BarChart, bar_chart
from centavo.charts.frame import Frame
from centavo.charts.frontier import FrontierChart, FrontierPoint, frontier_chart
from centavo.charts.ink import PAGE, PAPER, Grade, Ink
from centavo.charts.roadmap import RoadmapChart, RoadmapTask, roadmap_chart
from centavo.charts.staircase import Stair, StaircaseChart, staircase_chart
from centavo.charts.time_series import Band, Layer, TimeSeriesChart, time_series_chart
from centavo.charts.tornado import TornadoBar, TornadoChart, tornado_chart
from centavo.charts.waterfall import WaterfallChart, WaterfallStep, waterfall_chart

__all__ = [
    "PAGE",
    "PAPER",
    "Band",
    "Bar",
    "BarChart",
    "Frame",
    "FrontierChart",
    "FrontierPoint",
    "Grade",
    "Ink",
    "Layer",
    "RoadmapChart",
    "RoadmapTask",
    "Stair",
    "StaircaseChart",
    "Tick",
    "TimeSeriesChart",
    "TornadoBar",
    "TornadoChart",
    "WaterfallChart",
    "WaterfallStep",
    "bar_chart",
    "frontier_chart",
    "nice_ticks",
    "roadmap_chart",
    "staircase_chart",
    "time_series_chart",
    "tornado_chart",
    "waterfall_chart",
]

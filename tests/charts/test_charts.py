"""What every chart keeps: well-formed, said in words, gaps apart from zeros, grades apart without colour."""

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from centavo.charts import (
    PAGE,
    PAPER,
    Bar,
    BarChart,
    Frame,
    FrontierChart,
    FrontierPoint,
    Layer,
    RoadmapChart,
    RoadmapTask,
    Stair,
    StaircaseChart,
    Tick,
    TimeSeriesChart,
    TornadoBar,
    TornadoChart,
    WaterfallChart,
    WaterfallStep,
    bar_chart,
    frontier_chart,
    nice_ticks,
    roadmap_chart,
    staircase_chart,
    time_series_chart,
    tornado_chart,
    waterfall_chart,
)

SVG = "{http://www.w3.org/2000/svg}"
TICKS = (Tick(0.0, "0"), Tick(100.0, "100"))
NASTY = '<b>"R&D"</b> נתונים ' + "x" * 200
CHARTS = {
    "bars": (bar_chart, BarChart((Bar(NASTY, 10.0, "10"), Bar("y", None, "—")))),
    "tornado": (tornado_chart, TornadoChart((TornadoBar(NASTY, 1, 9, "1", "9"),), Tick(5, "5"))),
    "waterfall": (
        waterfall_chart,
        WaterfallChart(
            (WaterfallStep(NASTY, 0, 9, "9"), WaterfallStep("s", 9, 4, "-5", low=3, high=5))
        ),
    ),
    "staircase": (
        staircase_chart,
        StaircaseChart(
            (Stair(NASTY, ((0, 1), (50, 9)), 0, jumps=True),),
            TICKS,
            TICKS,
            (Tick(50, "here"),),
            "t",
        ),
    ),
    "frontier": (
        frontier_chart,
        FrontierChart(
            (FrontierPoint("p", 5, 9, label=NASTY, is_best=True, is_certified=True),),
            TICKS,
            TICKS,
            "cost",
            "quality",
        ),
    ),
    "roadmap": (roadmap_chart, RoadmapChart((RoadmapTask(NASTY, 0, 50, 1, "note"),), TICKS)),
    "time": (
        time_series_chart,
        TimeSeriesChart(
            (Layer("a", (1.0, None, 0.0, 4.0), 0),),
            ("a", "b", "c", NASTY),
            TICKS,
            (Tick(0, "1 Oct"),),
        ),
    ),
}


def drawn(name: str, *, width_px: float = 720, ink=PAPER) -> ET.Element:
    draw, chart = CHARTS[name]
    return ET.fromstring(draw(chart, Frame(ink, "c1", NASTY, "what it says", width_px)))


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("width_px", [340, 720])
def test_a_chart_is_well_formed_and_said_in_words(name, width_px):
    svg = drawn(name, width_px=width_px)
    ids = svg.attrib["aria-labelledby"].split()
    told = {each.attrib.get("id"): each.text for each in svg}
    assert [told[each] for each in ids] == [NASTY, "what it says"]
    assert svg.attrib["viewBox"].split()[2] == str(width_px)


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_is_drawn_outside(name):
    svg = drawn(name, width_px=340)
    height = float(svg.attrib["height"])
    for rect in svg.iter(f"{SVG}rect"):
        if "x" in rect.attrib:
            left, top = float(rect.attrib["x"]), float(rect.attrib["y"])
            assert left >= -0.1, name
            assert left + float(rect.attrib["width"]) <= 340.1
            assert top + float(rect.attrib["height"]) <= height + 0.1


def test_a_page_follows_the_readers_scheme_and_paper_has_colours_of_its_own():
    page = ET.tostring(drawn("bars", ink=PAGE)).decode()
    assert "var(--hue-0)" in page
    assert "#6542f0" not in page
    assert "var(" not in ET.tostring(drawn("bars")).decode()


def test_missing_is_a_gap_and_zero_has_no_height():
    rects = [r for r in drawn("time").iter(f"{SVG}rect") if "x" in r.attrib]
    assert len(rects) == 2


def test_unknown_draws_no_bar_but_a_dash():
    svg = drawn("bars")
    assert len([r for r in svg.iter(f"{SVG}rect") if "x" in r.attrib]) == 1
    assert "—" in [t.text for t in svg.iter(f"{SVG}text")]


def test_unfinished_columns_are_pale():
    chart = TimeSeriesChart((Layer("a", (1.0, 2.0), 0),), ("a", "b"), TICKS, (), unfinished=1)
    svg = ET.fromstring(time_series_chart(chart, Frame(PAPER, "c", "t", "d")))
    assert [g.attrib.get("opacity") for g in svg.findall(f"{SVG}g")][-2:] == [None, "0.45"]


def test_grades_are_told_apart_without_colour():
    frame = Frame(PAPER, "c", "t", "d")
    looks = [
        {k: v for k, v in frame.fill(0, grade).items() if k not in {"stroke"}}
        for grade in ("billed", "metered", "simulated", "estimated")
    ]
    assert len({tuple(sorted(look.items())) for look in looks}) == 4


@given(
    st.floats(-1e9, 1e9, allow_nan=False),
    st.floats(0, 1e9, allow_nan=False, allow_subnormal=False),
)
def test_ticks_enclose_the_values_and_are_few(low, span):
    ticks = nice_ticks(low, low + span, lambda value: f"{value:g}")
    slack = 1e-6 * max(1.0, abs(low), span)
    assert ticks[0].value <= low + slack
    assert ticks[-1].value >= low + span - slack
    assert 2 <= len(ticks) <= 8

"""Cost against quality: what each way of sending requests to a cheaper model costs and is worth."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from centavo.charts import Frame, FrontierChart, FrontierPoint, frontier_chart, nice_ticks
from centavo.deliverables.language import N_, Language
from centavo.deliverables.page import Cell, Chart, Column, Row, Section, Table
from centavo.deliverables.reading import Reading
from centavo.deliverables.words import dimension_name, lower
from centavo.modelfit.routing import CostFrontier, CostPoint, Missing

__all__ = ["frontier_section"]

_MISSING: dict[Missing, str] = {
    "outcomes": N_("Graded answers are missing: `centavo outcomes import FILE` reads them from evaluations or votes."),
    "pairs": N_("No two models have answered the same 50 prompts: grade both on the same ones."),
    "costs": N_("The answers state no cost, so quality is shown against the share that moves."),
    "certificate": N_("Nothing is certified yet at this number of graded answers: no point is a promise."),
    "categories": N_("The answers name no endpoint or feature, so routing by it is not shown."),
    "prompts": N_("The answers carry no prompts, so routing by their text is not shown."),
    "agreement": N_("No answer says whether the cheaper model agrees with itself, so a cascade is not shown."),
}  # fmt: skip
_WAYS = {"category": 1, "text": 2, "cascade": 3}


def frontier_section(reading: Reading, say: Language) -> Section:
    """Return the frontier of the two models with the most graded prompts, or what is missing for one."""
    title = say("Cost against quality")
    answer = reading.frontier
    missing = tuple(say(_MISSING[name]) for name in answer.missing)
    found = answer.frontier
    if found is None:
        return Section("frontier", title, missing)
    return Section(
        id="frontier",
        title=title,
        sentences=(*_told(found, say), *missing),
        chart=_chart(found, title, say),
        table=_table(found, say),
    )


def _told(found: CostFrontier, say: Language) -> tuple[str, ...]:
    verdict = found.verdict
    models = say(
        "{keep} today, {candidate} as the cheaper one, on {labels} graded answers that trained no router. "
        "Simulated; not a bill.",
        keep=verdict.keep,
        candidate=verdict.candidate,
        labels=say.number(found.labels),
    )
    if verdict.route is None:
        return (models,)
    return models, say(
        "Certified: {share} of requests may move; quality falls by {loss} at most, with 95 % confidence.",
        share=say.percent(verdict.move.share),
        loss=say.percent(verdict.loss_at_most),
    )


def _points(found: CostFrontier, say: Language) -> Iterator[tuple[str, str, int, CostPoint]]:
    """Yield each point with the name of its way, what stands beside it in the chart, and its colour."""
    yield say("today"), say("today: {model}", model=found.verdict.keep), 0, found.keep
    for way in found.ways:
        points = _apart(way.points)
        promised = [point for point in points if point.certified]
        for point in points:
            said = say("certified") if promised and point is promised[-1] else ""
            yield _way(way.router, found, say), said, _WAYS[way.router], point
    everything = say("all to {model}", model=found.verdict.candidate)
    yield everything, everything, 5, found.candidate


def _apart(points: Iterable[CostPoint]) -> list[CostPoint]:
    """Return points that move different requests; thresholds that move the same are one, the least sure."""
    found: dict[tuple[float, float], CostPoint] = {}
    for point in points:
        key = (point.share, point.quality)
        known = found.get(key, point)
        found[key] = replace(
            known, low=min(known.low, point.low), high=max(known.high, point.high),
            certified=known.certified and point.certified,
        )  # fmt: skip
    return list(found.values())


def _way(router: str, found: CostFrontier, say: Language) -> str:
    names = {
        "category": say(
            "by {dimension}", dimension=lower(dimension_name(found.dimension or "endpoint", say))
        ),
        "text": say("by the prompt's text"),
        "cascade": say("cascade"),
    }
    return names[router]


def _chart(found: CostFrontier, title: str, say: Language) -> Chart | None:
    rows = [row for row in _points(found, say) if row[3].cost_per_1000 is not None]
    if len(rows) < 2:
        return None
    points = tuple(
        FrontierPoint(
            name=f"{way}, {say.percent(p.share, 0)}: {say.money(p.cost_per_1000)}, {say.percent(p.quality)}",
            label=said,
            cost=_amount(p),
            quality=p.quality,
            hue=hue,
            is_best=p.is_best,
            is_today=p is found.keep,
            is_certified=bool(said) and p.certified,
        )
        for way, said, hue, p in rows
    )
    currency = next(p.cost_per_1000.currency for *_, p in rows if p.cost_per_1000)
    costs, qualities = [p.cost for p in points], [p.quality for p in points]
    drawn = FrontierChart(
        points,
        nice_ticks(min(costs), max(costs), lambda value: say.number(value, 2)),
        nice_ticks(min(qualities), max(qualities), say.percent),
        say("{currency} for 1,000 requests", currency=currency),
        say("mean score"),
    )
    told = say(
        "The line joins what nothing beats in both. Ringed: today. Framed: the most that is certified."
    )
    legend = tuple((_way(way.router, found, say), _WAYS[way.router]) for way in found.ways)

    def draw(frame: Frame) -> str:
        return frontier_chart(drawn, frame)

    return Chart("frontier", title, told, draw, legend)


def _table(found: CostFrontier, say: Language) -> Table:
    columns = (
        Column(say("Way"), "way"),
        Column(say("Moved"), "share", numeric=True),
        Column(say("Cost of 1,000 requests"), "cost_per_1000", numeric=True),
        Column(say("Mean score"), "quality", numeric=True),
        Column(say("Lower end"), "low", numeric=True),
        Column(say("Upper end"), "high", numeric=True),
        Column(say("Unbeaten"), "is_best"),
        Column(say("Certified"), "certified"),
    )
    shown = [(way, point) for way, _, _, point in _points(found, say)]
    return Table("frontier", columns, tuple(_row(way, point, say) for way, point in shown))


def _row(way: str, point: CostPoint, say: Language) -> Row:
    shares = (point.quality, point.low, point.high)
    money = point.cost_per_1000
    return Row(
        (
            Cell(way, way),
            Cell(say.percent(point.share, 0), f"{point.share:.6f}"),
            Cell(say.money(money), money),
            *(Cell(say.percent(share), f"{share:.6f}") for share in shares),
            Cell(say("yes") if point.is_best else "—", str(point.is_best).lower()),
            Cell(say("yes") if point.certified else "—", str(point.certified).lower()),
        )
    )


def _amount(point: CostPoint) -> float:
    return float(point.cost_per_1000.amount) if point.cost_per_1000 else 0.0

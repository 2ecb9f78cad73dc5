"""*What will it cost?*: the months to come with their intervals, and what is known of them already."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from centavo.charts import (
    Band,
    Frame,
    Grade,
    Layer,
    Tick,
    TimeSeriesChart,
    nice_ticks,
    time_series_chart,
)
from centavo.consumption.cost_cells import CostQuestion
from centavo.consumption.forecast.report import ForecastReport
from centavo.consumption.forecast.scope_forecast import Outlook, ScopeForecast, SpanForecast
from centavo.deliverables.asked import Asked
from centavo.deliverables.language import Language
from centavo.deliverables.page import Cell, Chart, Column, Page, Row, Section, Table, Tile
from centavo.deliverables.prepare.coverage import read_sentences
from centavo.deliverables.prepare.month_bands import month_bands
from centavo.deliverables.prepare.period_words import month_name
from centavo.deliverables.prepare.plan import plan_part
from centavo.deliverables.reading import Reading
from centavo.money import Money

__all__ = ["forecast_sentences", "outlook_page", "outlook_sections", "quarter_of"]

_PAST_MONTHS = 12
_QUARTER = 3
# What a reader did not know: charges of each month and holidays stand in the months themselves.
_TOLD = frozenset({"price", "shutdown", "commitment", "plan"})


def outlook_page(reading: Reading, asked: Asked, say: Language) -> Page:
    """Return the page: the forecast, and the plan in the scenario that the address names.

    Raises:
        ConfigError: The plan has no such scenario.
    """
    plan = plan_part(reading, asked, say)
    report = reading.forecast
    if report is None:
        told = (say("No complete day is known yet: there is nothing to forecast from."),)
        tiles, coverage, meta = (), (), {}
    else:
        told = forecast_sentences(report, say)
        tiles = _tiles(report.outlooks[0].whole, _grade(report), say)
        coverage = read_sentences(report.coverage, say)
        meta = {
            "now": reading.now.isoformat(timespec="seconds"),
            "basis": report.basis,
            "complete until": report.complete.until.isoformat(),
        }
    return Page(
        id="outlook",
        question=say("What will it cost?"),
        answer=" ".join((*told, *plan.sentences)),
        controls=plan.controls,
        tiles=(*tiles, *plan.tiles),
        sections=(*outlook_sections(reading, say), *plan.sections),
        coverage=(*coverage, *plan.coverage),
        meta=meta | plan.meta,
    )


def forecast_sentences(report: ForecastReport, say: Language) -> tuple[str, ...]:
    """Return the month that is under way, how sure that is, and how often it was right."""
    whole = report.outlooks[0].whole
    month = whole.months[0]
    told = [
        say(
            "{month} will cost {middle}; in eight cases of ten between {low} and {high}.",
            month=month_name(month.first, say),
            middle=say.money(month.p50),
            low=say.money(month.p10),
            high=say.money(month.p90),
        )
    ]
    if whole.coverage is None:
        told.append(
            say("The history is too short to hold past forecasts against what came.")
            if whole.method == "mixture"
            else say("The history is short: the mean day goes on.")
        )
    else:
        told.append(
            say(
                "Of {count} past forecasts of 30 days, {share} fell into such an interval.",
                count=say.number(whole.past_forecasts),
                share=say.percent(whole.coverage, 0),
            )
        )
    return tuple(told)


def quarter_of(whole: ScopeForecast) -> SpanForecast | None:
    """Return the three whole months after the one under way as one span.

    The ends are sums of the months' own, which is wide: not every month goes wrong at once, so that
    fewer than one case in ten lies above the upper one.
    """
    months = whole.months[1 : 1 + _QUARTER]
    if len(months) < _QUARTER:
        return None
    total = months[0]
    for month in months[1:]:
        total = replace(
            total,
            end=month.end,
            known=total.known + month.known,
            p10=total.p10 + month.p10,
            p50=total.p50 + month.p50,
            p90=total.p90 + month.p90,
        )
    return total


def outlook_sections(reading: Reading, say: Language) -> tuple[Section, ...]:
    """Return the months as a picture and a table, and the facts that are known of them."""
    report = reading.forecast
    if report is None:
        return ()
    outlook = report.outlooks[0]
    months = _months(reading, report, outlook, say)
    facts = _facts(outlook, say)
    return (months, facts) if facts else (months,)


def _tiles(whole: ScopeForecast, grade: Grade, say: Language) -> tuple[Tile, ...]:
    month, quarter = whole.months[0], quarter_of(whole)
    tiles = [
        Tile(month_name(month.first, say), Cell(say.money(month.p50), month.p50), "estimated", _between(month, say)),
        Tile(say("Known of it"), Cell(say.money(month.known), month.known), grade),
    ]  # fmt: skip
    if quarter:
        name = say("The quarter after, in fewer than one case of ten above")
        tiles.append(Tile(name, Cell(say.money(quarter.p90), quarter.p90), "estimated"))
    if len(whole.months) > 1:
        total = whole.total
        name = say("Until {day}", day=say.day(total.end))
        tiles.append(
            Tile(name, Cell(say.money(total.p50), total.p50), "estimated", _between(total, say))
        )
    return tuple(tiles)


def _months(reading: Reading, report: ForecastReport, outlook: Outlook, say: Language) -> Section:
    past = _past(reading, report, outlook.currency)
    chart = _chart(past, outlook, _grade(report), say=say)
    title = say("Months past and to come")
    last = outlook.whole.months[-1]
    told = say(
        "The further ahead, the wider: {month} lies between {low} and {high}.",
        month=month_name(last.first, say),
        low=say.money(last.p10),
        high=say.money(last.p90),
    )

    def draw(frame: Frame) -> str:
        return time_series_chart(chart, frame)

    return Section(
        "months", title, (told,), Chart("months", title, told, draw), _table(outlook, say)
    )


def _past(reading: Reading, report: ForecastReport, currency: str) -> list[tuple[date, Money]]:
    """Return the whole months before the one under way."""
    question = CostQuestion(grain="month", basis=report.basis, currency=reading.currency)
    costs = reading.costs(question)
    found: list[tuple[date, Money]] = []
    first = report.outlooks[0].whole.months[0].first.replace(day=1)
    for row in costs.rows if costs else ():
        month = date.fromisoformat(f"{row.key['period']}-01")
        if row.cost.currency == currency and month < first:
            found.append((month, row.cost))
    return sorted(found, key=lambda pair: pair[0])[-_PAST_MONTHS:]


def _chart(
    past: Sequence[tuple[date, Money]], outlook: Outlook, grade: Grade, *, say: Language
) -> TimeSeriesChart:
    months = outlook.whole.months
    days = [*(month for month, _ in past), *(month.first for month in months)]
    values = (*(float(cost.amount) for _, cost in past), *([None] * len(months)))
    highest = max(value or 0.0 for value in (*values, *(float(m.p90.amount) for m in months)))
    decimals = 0 if highest >= 10 else 2
    step = max(1, round(len(days) / 8))
    names = [f"{month_name(day, say)}: {say.money(cost)}" for day, cost in past]
    names += [
        f"{month_name(m.first, say)}: {say.money(m.p50)} ({_between(m, say)})" for m in months
    ]
    return TimeSeriesChart(
        layers=(Layer(say("Past"), values, 0, grade),),
        columns=tuple(names),
        values=nice_ticks(0.0, highest, lambda value: say.number(value, decimals)),
        times=tuple(
            Tick(place, say.short_month(day)) for place, day in enumerate(days) if place % step == 0
        ),
        forecast=Band(
            len(past),
            tuple(float(m.p10.amount) for m in months),
            tuple(float(m.p50.amount) for m in months),
            tuple(float(m.p90.amount) for m in months),
        ),
    )


def _table(outlook: Outlook, say: Language) -> Table:
    currency = outlook.currency
    return month_bands(
        "months",
        [
            (say("Known {currency}", currency=currency), "known"),
            ("P10", "p10"),
            ("P50", "p50"),
            ("P90", "p90"),
        ],
        months=((m.first, (m.known, m.p10, m.p50, m.p90)) for m in outlook.whole.months),
        currency=currency,
        say=say,
    )


def _facts(outlook: Outlook, say: Language) -> Section | None:
    facts = [fact for fact in outlook.facts if fact.kind in _TOLD]
    if not facts:
        return None
    columns = (
        Column(say("When"), "day"),
        Column(say("What"), "what"),
        Column(say("Effect"), "effect", numeric=True),
    )
    rows = tuple(
        Row(
            (
                Cell(say.day(fact.day), fact.day.isoformat()),
                Cell(say.told(fact.text), str(fact.text)),
                Cell(say.money(fact.effect), fact.effect),
            )
        )
        for fact in facts
    )
    return Section("facts", say("What is known of it"), table=Table("facts", columns, rows))


def _grade(report: ForecastReport) -> Grade:
    """Return the grade of the history: the forecast itself is an estimate."""
    return "metered" if report.basis == "vendor_reported" else report.basis


def _between(span: SpanForecast, say: Language) -> str:
    return say("{low} to {high}", low=say.money(span.p10), high=say.money(span.p90))

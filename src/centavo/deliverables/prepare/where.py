"""*Where does it go?*: cost of a period by one dimension, over time, against the period before."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from centavo.charts import (
    Bar,
    BarChart,
    Frame,
    Grade,
    Layer,
    Tick,
    TimeSeriesChart,
    bar_chart,
    nice_ticks,
    time_series_chart,
)
from centavo.consumption.cost_cells import CostQuestion
from centavo.consumption.costs import CostReport
from centavo.deliverables.asked import DRILL, Asked, basis_of, before, period_of
from centavo.deliverables.language import Language
from centavo.deliverables.page import Cell, Chart, Column, Page, Row, Section, Table, Tile
from centavo.deliverables.prepare.controls import controls
from centavo.deliverables.prepare.coverage import coverage_sentences
from centavo.deliverables.prepare.period_words import period_name
from centavo.deliverables.prepare.spend import TOP, Spend, SpendRow, grain_of, hue_places, spend_of
from centavo.deliverables.reading import Reading
from centavo.deliverables.words import (
    basis_name,
    dimension_name,
    grade_name,
    lower,
    signed,
    value_name,
)
from centavo.money import Money
from centavo.period import Period

__all__ = ["CHOICES", "ranked_section", "where_page"]

CHOICES = (
    "provider", "service", "project", "application", "team", "cost_center", "environment", "feature",
    "endpoint", "model", "customer",
)  # fmt: skip
# Rows of the table on the page; its twins have all of them.
_ROWS = 50
_BARS = 12


def where_page(reading: Reading, asked: Asked, say: Language) -> Page:
    """Return the page.

    Raises:
        ConfigError: The state asks for what is not known.
    """
    newest = reading.newest
    if newest is None:
        return _empty(say)
    period = period_of(asked.period, newest)
    whole, spend = _ask(reading, asked, period)
    if whole is None or spend is None:
        return _nothing(reading, asked, period, say)
    hues = hue_places([row.name for row in spend.rows[:TOP]], reading.hues(whole.question))
    meta = {
        "now": reading.now.isoformat(timespec="seconds"),
        "period": f"{period.since:%Y-%m-%d}..{period.until:%Y-%m-%d}",
        "basis": whole.basis,
        **{f"snapshot {name}": str(each) for name, each in whole.snapshots.items() if each},
    }
    return Page(
        id="where",
        question=say("Where does it go?"),
        answer=_answer(whole, spend, period, say),
        controls=controls(reading, asked, whole, period, say=say),
        tiles=_tiles(whole, spend, period, say),
        sections=(
            _over_time(reading, asked, whole, spend, hues, say=say),
            _ranked(asked, whole, spend, hues, say=say),
        ),
        coverage=coverage_sentences(whole, say),
        meta=meta,
    )


def ranked_section(reading: Reading, asked: Asked, say: Language) -> Section | None:
    """Return the table of one dimension alone, as paper shows it: without chart, colours and links.

    ``None`` where there is no cost.
    """
    newest = reading.newest
    if newest is None:
        return None
    whole, spend = _ask(reading, asked, period_of(asked.period, newest), over_time=False)
    if whole is None or spend is None:
        return None
    return replace(_ranked(asked, whole, spend, {}, say=say), chart=None)


def _ask(
    reading: Reading, asked: Asked, period: Period, *, over_time: bool = True
) -> tuple[CostReport | None, Spend | None]:
    question = CostQuestion(
        by=(asked.by,),
        period=period,
        where=asked.where,
        basis=basis_of(asked),
        currency=asked.currency or reading.currency,
    )
    whole = reading.costs(question)
    if whole is None:
        return None, None
    earlier = before(period)
    oldest = reading.oldest
    assert earlier.since is not None
    by_time = replace(question, basis=whole.basis, grain=grain_of(period))
    spend = spend_of(
        whole,
        series=reading.costs(by_time) if over_time else None,
        before=reading.costs(replace(question, basis=whole.basis, period=earlier)),
        compared=oldest is not None and oldest <= earlier.since.date(),
    )
    return whole, spend


def _answer(whole: CostReport, spend: Spend, period: Period, say: Language) -> str:
    what = say(
        "{period} cost {total}, {basis}.",
        period=period_name(period, say),
        total=say.money(spend.total),
        basis=grade_name(whole.basis, say),
    )
    first = spend.rows[0]
    if not spend.total.amount or len(spend.rows) == 1:
        return what
    share = say(
        "{name} is {share} of it.",
        name=_leading(whole.question.by[0], first.name, say),
        share=say.percent(first.cost.amount / spend.total.amount),
    )
    return f"{what} {share}"


def _leading(dimension: str, name: str | None, say: Language) -> str:
    """Return a name as it begins a sentence: words of ours with a capital, a customer's own as it is."""
    said = value_name(dimension, name, say)
    return said if said == name else said.capitalize()


def _tiles(whole: CostReport, spend: Spend, period: Period, say: Language) -> tuple[Tile, ...]:
    grade: Grade = "metered" if whole.basis == "vendor_reported" else whole.basis
    tiles = [
        Tile(
            say("Total"),
            Cell(say.money(spend.total), spend.total),
            grade,
            period_name(period, say),
        )
    ]
    if spend.before is not None:
        moved = spend.total - spend.before
        share = moved.amount / spend.before.amount if spend.before.amount else None
        tiles.append(
            Tile(
                say("Against the period before"),
                Cell(signed(moved.amount, say.money(moved)), moved),
                grade,
                say("{before} before, {share}", before=say.money(spend.before), share=signed(share, say.percent(share))),
            )
        )  # fmt: skip
    unattributed = next((row for row in spend.rows if row.name is None), None)
    dimension = lower(dimension_name(whole.question.by[0], say))
    cost = unattributed.cost if unattributed else Money(Decimal(0), spend.total.currency)
    part = cost.amount / spend.total.amount if spend.total.amount else None
    tiles.append(
        Tile(
            say("Without {dimension}", dimension=dimension),
            Cell(say.money(cost), cost),
            grade,
            say("{share} of the total", share=say.percent(part)),
        )
    )
    return tuple(tiles)


def _over_time(
    reading: Reading,
    asked: Asked,
    whole: CostReport,
    spend: Spend,
    hues: dict[str | None, int],
    *,
    say: Language,
) -> Section:
    names = {"day": say("by day"), "week": say("by week"), "month": say("by month")}
    dimension = dimension_name(whole.question.by[0], say)
    chart = _columns(reading, whole, spend, hues, say=say)
    title = say("{dimension} {grain}", dimension=dimension, grain=names[spend.grain])
    highest = max(spend.times, key=lambda time: _at(spend.rows, time))
    told = say(
        "The highest is {time} with {amount}.",
        time=say.day(highest),
        amount=say.money(Money(_at(spend.rows, highest), spend.total.currency)),
    )

    def draw(frame: Frame) -> str:
        return time_series_chart(chart, frame)

    sentences = (told,)
    if _is_unstated(spend) and "metered" in whole.others:
        sentences += (
            say(
                "No bill states it by {dimension}: choose metered, which requests state.",
                dimension=lower(dimension),
            ),
        )
    legend = tuple((layer.name, layer.hue) for layer in reversed(chart.layers))
    return Section(
        id="over-time",
        title=title,
        sentences=sentences,
        chart=Chart("over-time", title, told, draw, legend),
        links=tuple(
            (dimension_name(name, say), asked.address("", by=name), name == asked.by)
            for name in CHOICES
            if name not in asked.where
        ),
    )


def _is_unstated(spend: Spend) -> bool:
    return len(spend.rows) == 1 and spend.rows[0].name is None


def _columns(
    reading: Reading, whole: CostReport, spend: Spend, hues: dict[str | None, int], *, say: Language
) -> TimeSeriesChart:
    grade: Grade = "metered" if whole.basis == "vendor_reported" else whole.basis
    top, rest = spend.rows[:TOP], spend.rows[TOP:]
    layers = [_layer(row, whole, spend, hues, grade=grade, say=say) for row in top]
    if rest:
        values = tuple(float(_at(rest, time)) for time in spend.times)
        layers.append(Layer(say("Others"), values, TOP, grade))
    sums = [
        sum(layer.values[place] or 0.0 for layer in layers) for place in range(len(spend.times))
    ]
    decimals = 0 if max(sums, default=0.0) >= 10 else 2
    ticks = nice_ticks(
        min(0.0, *sums, 0.0), max([0.0, *sums]), lambda value: say.number(value, decimals)
    )
    step = max(1, round(len(spend.times) / 6))
    return TimeSeriesChart(
        layers=tuple(reversed(layers)),
        columns=tuple(
            f"{say.day(time)}: {say.money(Money(_at(spend.rows, time), spend.total.currency))}"
            for time in spend.times
        ),
        values=ticks,
        times=tuple(
            Tick(place, say.short_month(time) if spend.grain == "month" else say.short_day(time))
            for place, time in enumerate(spend.times)
            if place % step == 0
        ),
        unfinished=_unfinished(reading, spend),
    )


def _layer(
    row: SpendRow,
    whole: CostReport,
    spend: Spend,
    hues: dict[str | None, int],
    *,
    grade: Grade,
    say: Language,
) -> Layer:
    values = tuple(float(row.times[time]) if time in row.times else None for time in spend.times)
    return Layer(value_name(whole.question.by[0], row.name, say), values, hues[row.name], grade)


def _unfinished(reading: Reading, spend: Spend) -> int | None:
    """Return the first column whose days may still arrive, or that lies ahead."""
    first_late = reading.now.date() - timedelta(days=reading.rules.late_days)
    places = [place for place, time in enumerate(spend.times) if time >= first_late]
    return places[0] if places else None


def _ranked(
    asked: Asked, whole: CostReport, spend: Spend, hues: dict[str | None, int], *, say: Language
) -> Section:
    dimension = whole.question.by[0]
    grade: Grade = "metered" if whole.basis == "vendor_reported" else whole.basis
    shown = spend.rows[:_BARS]
    chart = BarChart(
        tuple(
            Bar(
                value_name(dimension, row.name, say),
                float(row.cost.amount),
                say.money(row.cost),
                hues.get(row.name, TOP),
                grade,
                _share(row.cost, spend.total, say),
            )
            for row in shown
        )
    )
    title = say("By {dimension}", dimension=lower(dimension_name(dimension, say)))
    lead = sum((row.cost.amount for row in shown[:TOP]), Decimal(0))
    told = say.count(
        "The first costs {share} of all.",
        "The first {number} cost {share} of all.",
        min(TOP, len(spend.rows)),
        share=say.percent(lead / spend.total.amount if spend.total.amount else None),
    )

    def draw(frame: Frame) -> str:
        return bar_chart(chart, frame)

    return Section(
        id="ranked",
        title=title,
        sentences=(told,),
        chart=Chart("ranked", title, told, draw),
        table=_table(asked, whole, spend, hues, say=say),
    )


def _table(
    asked: Asked, whole: CostReport, spend: Spend, hues: dict[str | None, int], *, say: Language
) -> Table:
    dimension = whole.question.by[0]
    currency = spend.total.currency
    columns = [
        Column(dimension_name(dimension, say), dimension),
        Column(say("Cost {currency}", currency=currency), f"cost_{currency.lower()}", numeric=True),
        Column(say("Share"), "share", numeric=True),
    ]
    if spend.before is not None:
        columns.append(
            Column(
                say("Change {currency}", currency=currency),
                f"change_{currency.lower()}",
                numeric=True,
            )
        )
    rows = [_table_row(asked, dimension, row, spend, hues, say=say) for row in spend.rows]
    total = [
        Cell(say("Total"), "total"),
        Cell(say.number(spend.total.amount, 2), spend.total),
        Cell(say.percent(1), Decimal(1)),
    ]
    if spend.before is not None:
        moved = spend.total - spend.before
        total.append(Cell(signed(moved.amount, say.number(moved.amount, 2)), moved))
    return Table("ranked", tuple(columns), (*rows, Row(tuple(total), is_total=True)))


def _table_row(
    asked: Asked,
    dimension: str,
    row: SpendRow,
    spend: Spend,
    hues: dict[str | None, int],
    *,
    say: Language,
) -> Row:
    link = asked.within(dimension, row.name).address("") if dimension in DRILL else ""
    share = row.cost.amount / spend.total.amount if spend.total.amount else None
    cells = [
        Cell(value_name(dimension, row.name, say), row.name, link),
        Cell(say.number(row.cost.amount, 2), row.cost),
        Cell(say.percent(share), share),
    ]
    if row.before is not None:
        moved = row.cost - row.before
        cells.append(Cell(signed(moved.amount, say.number(moved.amount, 2)), moved))
    return Row(tuple(cells), hue=hues.get(row.name))


def _at(rows: tuple[SpendRow, ...], time: date) -> Decimal:
    return sum((row.times.get(time, Decimal(0)) for row in rows), Decimal(0))


def _share(part: Money, whole: Money, say: Language) -> str:
    return say.percent(part.amount / whole.amount if whole.amount else None)


def _empty(say: Language) -> Page:
    return Page(
        id="where",
        question=say("Where does it go?"),
        answer=say("The ledger is empty. Read a bill or a request log with `centavo ingest FILE`."),
    )


def _nothing(reading: Reading, asked: Asked, period: Period, say: Language) -> Page:
    basis = f", {basis_name(asked.basis, say)}" if asked.basis else ""
    told = say(
        "Nothing was spent in {period}{basis}.",
        period=period_name(period, say, inside=True),
        basis=basis,
    )
    if reading.oldest and reading.newest:
        told += " " + say(
            "The ledger holds {since} to {until}.",
            since=say.day(reading.oldest),
            until=say.day(reading.newest),
        )
    return Page(id="where", question=say("Where does it go?"), answer=told)

"""*What happened?*: what made cost move between two periods, and what was noticed meanwhile."""

from dataclasses import replace
from decimal import Decimal

from centavo.charts import Frame, Grade, WaterfallChart, WaterfallStep, waterfall_chart
from centavo.consumption.root_cause.change import Cause, Change, ChangeReport
from centavo.consumption.root_cause.explain import explain_change
from centavo.consumption.root_cause.question import ChangeQuestion
from centavo.deliverables.asked import Asked, basis_of, before, period_of
from centavo.deliverables.language import Language
from centavo.deliverables.page import Cell, Chart, Column, Page, Row, Section, Table, Tile
from centavo.deliverables.prepare.actions import findings_table
from centavo.deliverables.prepare.controls import month_control
from centavo.deliverables.prepare.coverage import finding_rate_sentences, read_sentences
from centavo.deliverables.prepare.period_words import period_name
from centavo.deliverables.reading import Reading
from centavo.deliverables.words import dimension_name, lower, signed, value_name
from centavo.errors import LedgerError
from centavo.findings import KnownFinding
from centavo.money import Money
from centavo.period import Period

__all__ = ["change_answer", "change_of", "change_section", "happened_page"]

# Rules that tell of a change, not of a habit.
_EVENTS = frozenset(
    {"CON101", "CON102", "CON103", "CON104", "CON105", "CON106", "CON113", "CON118", "CON121", "CON122"}
)  # fmt: skip
_PARTS = ("price", "volume", "mix", "new", "gone", "unmeasured")


def happened_page(reading: Reading, asked: Asked, say: Language) -> Page:
    """Return the page.

    Raises:
        ConfigError: The state asks for what is not known.
    """
    question = say("What happened?")
    newest = reading.newest
    if newest is None:
        return Page(id="happened", question=question, answer=say("The ledger is empty."))
    period = period_of(asked.period, newest)
    noticed = _noticed(reading, asked, say)
    report = change_of(reading, asked, period)
    if report is None:
        told = say(
            "Nothing to compare {period} with: the ledger holds no cost before it.",
            period=period_name(period, say, inside=True),
        )
        return Page(id="happened", question=question, answer=told, sections=noticed)
    change = report.changes[0]
    return Page(
        id="happened",
        question=question,
        answer=change_answer(report, change, say),
        controls=(month_control(reading, asked, period, say=say),),
        tiles=_tiles(report, change, say),
        sections=(change_section(report, change, say), *noticed),
        coverage=read_sentences(report.coverage, say),
        meta={
            "now": reading.now.isoformat(timespec="seconds"),
            "period": f"{period.since:%Y-%m-%d}..{period.until:%Y-%m-%d}",
            "basis": report.basis,
        },
    )


def change_of(reading: Reading, asked: Asked, period: Period) -> ChangeReport | None:
    """Return what moved against the period before, or ``None`` where that holds no cost."""
    question = ChangeQuestion(
        later=period,
        earlier=before(period),
        where=asked.where,
        basis=basis_of(asked),
        currency=asked.currency or reading.currency,
    )
    oldest = reading.oldest
    assert question.earlier.since is not None
    if oldest is None or oldest > question.earlier.since.date():
        return None
    try:
        return explain_change(reading.ledger, question, rates=reading.rates, now=reading.now)
    except LedgerError:
        return None


def change_answer(report: ChangeReport, change: Change, say: Language) -> str:
    """Return the change in a sentence or two: how much, and where most of it comes from."""
    moved = change.change
    later, earlier = report.question.later, report.question.earlier
    if moved.amount == 0:
        return say("{period} cost as much as the period before.", period=period_name(later, say))
    share = abs(moved.amount) / change.before.amount if change.before.amount else None
    words = {"period": period_name(later, say), "earlier": period_name(earlier, say, inside=True)}
    amount = say.money(Money(abs(moved.amount), moved.currency))
    told = (
        say("{period} cost {amount} ({share}) more than {earlier}.", amount=amount, share=say.percent(share), **words)
        if moved.amount > 0
        else say("{period} cost {amount} ({share}) less than {earlier}.", amount=amount, share=say.percent(share), **words)
    )  # fmt: skip
    helping = [cause for cause in change.causes if cause.change.amount * moved.amount > 0]
    if not helping:
        return told
    first = say(
        "Most of it: {cause}, {amount}.",
        cause=cause_name(helping[0], report, say),
        amount=signed(helping[0].change.amount, say.money(helping[0].change)),
    )
    return f"{told} {first}"


def change_section(report: ChangeReport, change: Change, say: Language) -> Section:
    """Return the causes as a waterfall and a table that adds up to the change."""
    chart = _waterfall(report, change, say)
    title = say("What moved the cost")
    told = change_answer(report, change, say)

    def draw(frame: Frame) -> str:
        return waterfall_chart(chart, frame)

    return Section(
        id="change",
        title=title,
        sentences=(
            say("Price, volume, mix, new and gone add up to each change to the last digit."),
        ),
        chart=Chart("change", title, told, draw),
        table=_table(report, change, say),
    )


def cause_name(cause: Cause, report: ChangeReport, say: Language) -> str:
    """Return what a cause is called: its dimensions and their values."""
    if cause.found_by == "remaining":
        return say("everything else")
    if not cause.element:
        return say("everything by about one factor")
    words = [
        value_name(name, value, say)
        if value is None
        else f"{lower(dimension_name(name, say))} {report.names.get(value) or value_name(name, value, say)}"
        for name, value in cause.element
    ]
    return " · ".join(words)


def _tiles(report: ChangeReport, change: Change, say: Language) -> tuple[Tile, ...]:
    grade = _grade(report)
    names = {"price": say("Price"), "volume": say("Volume"), "mix": say("Mix")}
    parts = change.split.parts
    tiles = [
        Tile(
            say("Change"),
            Cell(signed(change.change.amount, say.money(change.change)), change.change),
            grade,
        )
    ]
    for name, title in names.items():
        amount = Money(parts[name], change.before.currency)
        tiles.append(Tile(title, Cell(signed(amount.amount, say.money(amount)), amount), grade))
    return tuple(tiles)


def _waterfall(report: ChangeReport, change: Change, say: Language) -> WaterfallChart:
    grade = _grade(report)
    level = float(change.before.amount)
    earlier = period_name(report.question.earlier, say)
    steps = [WaterfallStep(earlier, 0.0, level, say.money(change.before), grade)]
    for cause in (*change.causes, change.remaining):
        if not cause.change.amount:
            continue
        after = level + float(cause.change.amount)
        name = cause_name(cause, report, say)
        steps.append(
            WaterfallStep(
                name, level, after, signed(cause.change.amount, say.money(cause.change)), grade
            )
        )
        level = after
    later = period_name(report.question.later, say)
    total = float(change.after.amount)
    steps.append(WaterfallStep(later, 0.0, total, say.money(change.after), grade))
    return WaterfallChart(tuple(steps))


def _table(report: ChangeReport, change: Change, say: Language) -> Table:
    currency = change.before.currency
    names = {
        "price": say("Price"),
        "volume": say("Volume"),
        "mix": say("Mix"),
        "new": say("New"),
        "gone": say("Gone"),
        "unmeasured": say("Without a quantity"),
    }
    used = [name for name in _PARTS if change.split.parts.get(name)]
    columns = (
        Column(say("Cause"), "cause"),
        Column(say("Change {currency}", currency=currency), f"change_{currency.lower()}", numeric=True),
        *(Column(names[name], f"{name}_{currency.lower()}", numeric=True) for name in used),
    )  # fmt: skip
    causes = [cause for cause in (*change.causes, change.remaining) if cause.change.amount]
    rows = [
        Row(
            (
                Cell(cause_name(cause, report, say), cause_name(cause, report, say)),
                _cell(cause.change, say),
                *(_cell(Money(cause.split.parts[name], currency), say) for name in used),
            )
        )
        for cause in causes
    ]
    total = (
        Cell(say("Total"), "total"),
        _cell(change.change, say),
        *(_cell(Money(change.split.parts[name], currency), say) for name in used),
    )
    return Table("causes", columns, (*rows, Row(total, is_total=True)))


def _noticed(reading: Reading, asked: Asked, say: Language) -> tuple[Section, ...]:
    events = {
        key: known
        for key, known in reading.register.items()
        if known.finding.code in _EVENTS and known.state != "ignored"
    }
    if not events:
        return ()
    shown = reading.findings(asked.currency, some=events)
    known = sorted(shown.known.values(), key=_newest_first)
    return (
        Section(
            id="noticed",
            title=say("What was noticed"),
            sentences=finding_rate_sentences(shown, say),
            table=replace(findings_table(asked, known, say), id="noticed"),
        ),
    )


def _newest_first(known: KnownFinding) -> tuple[float, str]:
    since = known.finding.period.since
    return (-since.timestamp() if since else 0.0, known.finding.id)


def _cell(amount: Money, say: Language) -> Cell:
    shown = say.number(amount.amount, 2)
    return Cell(f"+{shown}" if amount.amount > Decimal("0.005") else shown, amount)


def _grade(report: ChangeReport) -> Grade:
    return "metered" if report.basis == "vendor_reported" else report.basis

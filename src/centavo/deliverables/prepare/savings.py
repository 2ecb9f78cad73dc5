"""The register of savings, prepared: its lines, its joint totals, its picture and its roadmap."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal

from centavo.charts import (
    Frame,
    Grade,
    RoadmapChart,
    RoadmapTask,
    Tick,
    WaterfallChart,
    WaterfallStep,
    roadmap_chart,
    waterfall_chart,
)
from centavo.deliverables.asked import Asked
from centavo.deliverables.language import Language
from centavo.deliverables.page import Cell, Chart, Column, Row, Section, Table
from centavo.deliverables.saving_words import saving_place, saving_title, state_name
from centavo.money import EXACT, Money
from centavo.savings.register import PlanTotal, plan_totals
from centavo.savings.saving import KnownSaving

__all__ = [
    "LIVE",
    "grade_of",
    "in_order",
    "roadmap_section",
    "savings_section",
    "savings_table",
    "totals_section",
]

LIVE = frozenset({"identified", "validated", "approved", "enforced", "verified", "sustained"})
_GRADES: dict[str, Grade] = {
    "rule": "estimated", "replay": "simulated", "shadow": "metered", "bill": "billed",
}  # fmt: skip
# Weeks that a line takes where nobody has said by when: to simulate, to decide, to carry out, to see it
# on a closed bill (a month and the ten days of late rows).
_WEEKS = {"identified": 2, "validated": 1, "approved": 2, "enforced": 6}
_PHASES = ("identified", "validated", "approved", "enforced")
_WORK_DAYS = Decimal(5)


def grade_of(known: KnownSaving) -> Grade:
    """Return the grade of a line's amount."""
    return _GRADES[known.saving.method]


def in_order(register: Iterable[KnownSaving]) -> list[KnownSaving]:
    """Return the lines that live: plans together and in their order, then by money."""

    def place(known: KnownSaving) -> tuple[bool, str, int, Decimal, str]:
        saving = known.saving
        amount = -(saving.expected_per_30d or Decimal(0))
        return (saving.plan is None, saving.plan or "", saving.place or 0, amount, saving.id)

    return sorted((k for k in register if k.state in LIVE), key=place)


def savings_section(
    known: Sequence[KnownSaving], say: Language, asked: Asked | None = None
) -> Section:
    """Return the lines as a picture, where one currency and one plan allow it, and as a table.

    On a page, whose state is ``asked``, each line leads to the page of its saving.
    """
    title = say("Savings plan")
    return Section(
        id="savings",
        title=title,
        sentences=(*_sentences(plan_totals(known), say), *_currencies(known, say)),
        chart=_chart(known, title, say),
        table=savings_table(known, say, asked),
    )


def savings_table(known: Sequence[KnownSaving], say: Language, asked: Asked | None = None) -> Table:
    """Return the register, a line each; amounts of 30 days."""
    columns = (
        Column(say("Saving"), "title"),
        Column(say("Where"), "scope"),
        Column(say("Low"), "low_per_30d", numeric=True),
        Column(say("Expected"), "expected_per_30d", numeric=True),
        Column(say("High"), "high_per_30d", numeric=True),
        Column(say("Grade"), "grade"),
        Column(say("State"), "state"),
        Column(say("Owner"), "owner"),
        Column(say("Due"), "due"),
    )
    return Table("savings", columns, tuple(_row(each, say, asked) for each in known))


def totals_section(known: Sequence[KnownSaving], say: Language) -> Section:
    """Return what may be added: one plan, one kind, one state, one currency at a time."""
    columns = (
        Column(say("Plan"), "plan"),
        Column(say("Kind"), "kind"),
        Column(say("State"), "state"),
        Column(say("Lines"), "lines", numeric=True),
        Column(say("Expected in 30 days"), "expected_per_30d", numeric=True),
    )
    kinds = {"reduction": say("reduction"), "avoidance": say("avoidance")}
    names = {each.saving.id: saving_title(each.saving, say) for each in known}
    rows = tuple(
        Row(
            (
                Cell(names.get(total.plan or "", total.plan or "—"), total.plan),
                Cell(kinds[total.saving_kind], total.saving_kind),
                Cell(state_name(total.state, say), total.state),
                Cell(say.number(total.lines), total.lines),
                Cell(say.money(total.expected), total.expected),
            )
        )
        for total in plan_totals(known)
    )
    return Section(
        id="totals",
        title=say("What may be added"),
        sentences=(
            say(
                "Lines of one plan are shares of one joint simulation, so they add up to its total."
            ),
            say(
                "Lines of two plans, or of none, may speak of the same requests: they are not added."
            ),
        ),
        table=Table("totals", columns, rows),
    )


def roadmap_section(known: Sequence[KnownSaving], say: Language, *, today: date) -> Section | None:
    """Return what is done in which week, from today until the last line is seen on a closed bill."""
    tasks = [task for each in known if (task := _tasks(each, say, today=today))]
    if not tasks:
        return None
    flat = [task for group in tasks for task in group]
    weeks = int(max(task.end for task in flat)) + 1
    step = max(1, -(-weeks // 10))
    ticks = tuple(
        Tick(float(week), say.short_day(today + timedelta(weeks=week)))
        for week in range(0, weeks + step, step)
    )
    chart = RoadmapChart(tuple(flat), ticks)
    title = say("Roadmap by weeks")
    told = say.count(
        "{number} week until the last line is seen on a closed bill.",
        "{number} weeks until the last line is seen on a closed bill.",
        weeks,
    )

    def draw(frame: Frame) -> str:
        return roadmap_chart(chart, frame)

    legend = (
        (say("Diagnosis and simulation"), 0),
        (say("Decision"), 1),
        (say("Implementation"), 2),
        (say("Verification on the bill"), 4),
    )
    return Section("roadmap", title, (told,), Chart("roadmap", title, told, draw, legend))


def _tasks(known: KnownSaving, say: Language, *, today: date) -> list[RoadmapTask]:
    """Return the steps of a line that lie ahead, one after the other."""
    if known.state not in _PHASES:
        return []
    steps: list[RoadmapTask] = []
    at = 0.0
    hues = {"identified": 0, "validated": 1, "approved": 2, "enforced": 4}
    notes = {
        "identified": say("simulate"),
        "validated": say("decide"),
        "approved": say("carry out"),
        "enforced": say("verify"),
    }
    title = saving_title(known.saving, say)
    for phase in _PHASES[_PHASES.index(known.state) :]:
        weeks = _weeks_of(known, phase, today=today, at=at)
        steps.append(
            RoadmapTask(title if not steps else "", at, at + weeks, hues[phase], notes[phase])
        )
        at += weeks
    return steps


def _weeks_of(known: KnownSaving, phase: str, *, today: date, at: float) -> float:
    saving = known.saving
    if phase == "approved" and saving.due is not None:
        return max(0.5, (saving.due - today).days / 7 - at)
    if phase == "approved" and saving.effort_days is not None:
        return max(0.5, float(EXACT.divide(saving.effort_days, _WORK_DAYS)))
    return float(_WEEKS[phase])


def _sentences(totals: Sequence[PlanTotal], say: Language) -> tuple[str, ...]:
    told: list[str] = []
    for total in totals:
        if total.lines < 2:
            continue
        state = state_name(total.state, say)
        money = say.money(total.expected)
        told.append(
            say(
                "{plan}: {lines} lines, {state}, together {money} in 30 days.",
                plan=total.plan,
                lines=say.number(total.lines),
                state=state,
                money=money,
            )
        )
    return tuple(told)


def _currencies(known: Sequence[KnownSaving], say: Language) -> tuple[str, ...]:
    """Say why lines stand in several currencies where findings stand in one."""
    found = {each.saving.currency for each in known if each.saving.currency}
    if len(found) < 2:
        return ()
    return (say("Each saving stays in the currency of the bill that is to show it."),)


def _chart(known: Sequence[KnownSaving], title: str, say: Language) -> Chart | None:
    """Return the lines of the largest plan as a waterfall; lines of no plan have no joint picture."""
    joint = [total for total in plan_totals(known) if total.lines > 1]
    if not joint:
        return None
    plan, currency = joint[0].plan, joint[0].expected.currency
    lines = [
        k for k in known
        if k.saving.plan == plan and k.saving.currency == currency
        and k.state == joint[0].state and k.saving.saving_kind == joint[0].saving_kind
    ]  # fmt: skip
    steps: list[WaterfallStep] = []
    level = 0.0
    for each in lines:
        amount = float(each.saving.expected_per_30d or 0)
        name = saving_title(each.saving, say)
        shown = say.money(each.saving.expected)
        # A step that rises from zero would look like a total.
        start = level or 1e-9
        steps.append(
            WaterfallStep(name, start, level + amount, shown, grade_of(each), is_good=amount >= 0)
        )
        level += amount
    total = WaterfallStep(say("Together"), 0.0, level, say.money(joint[0].expected), "simulated")
    chart = WaterfallChart((*steps, total))
    told = say(
        "{plan}: together {money} in 30 days.", plan=plan, money=say.money(joint[0].expected)
    )

    def draw(frame: Frame) -> str:
        return waterfall_chart(chart, frame)

    return Chart("savings", title, told, draw)


def _row(known: KnownSaving, say: Language, asked: Asked | None) -> Row:
    saving = known.saving
    grade = grade_of(known)
    link = asked.address(f"/saving/{saving.id}") if asked else ""
    return Row(
        (
            Cell(saving_title(saving, say), saving.id, link),
            Cell(saving_place(saving, say), saving_place(saving, say)),
            _money(saving.low_per_30d, saving.currency, say),
            _money(saving.expected_per_30d, saving.currency, say),
            _money(saving.high_per_30d, saving.currency, say),
            Cell(say(grade), grade),
            Cell(state_name(known.state, say), known.state),
            Cell(saving.owner or "—", saving.owner),
            Cell(say.day(saving.due) if saving.due else "—", saving.due and saving.due.isoformat()),
        )
    )


def _money(amount: Decimal | None, currency: str | None, say: Language) -> Cell:
    money = None if amount is None or currency is None else Money(amount, currency)
    return Cell(say.money(money), money)

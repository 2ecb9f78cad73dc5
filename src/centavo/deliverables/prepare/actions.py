"""*What should we do?*: open findings by money, and one page for each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from centavo.charts import Bar, BarChart, Frame, Grade, bar_chart
from centavo.deliverables.asked import Asked
from centavo.deliverables.finding_words import (
    finding_place,
    finding_remedy,
    finding_sentence,
    finding_title,
)
from centavo.deliverables.language import Language
from centavo.deliverables.page import Cell, Chart, Column, Page, Row, Section, Table, Tile
from centavo.deliverables.prepare.cache_plan import cache_section
from centavo.deliverables.prepare.coverage import finding_rate_sentences
from centavo.deliverables.prepare.deciding import deciding_finding
from centavo.deliverables.prepare.evidence import evidence_section
from centavo.deliverables.prepare.frontier import frontier_section
from centavo.deliverables.prepare.history import history_section
from centavo.deliverables.prepare.request_diff import diff_section
from centavo.deliverables.prepare.savings import in_order, savings_section, totals_section
from centavo.deliverables.reading import Reading
from centavo.errors import ConfigError
from centavo.findings import KnownFinding
from centavo.findings.register import ASSIGNED, CENTAVO

__all__ = ["actions_page", "finding_page", "findings_table", "open_findings"]

_OPEN = {"open", "acknowledged"}
_BARS = 10


def open_findings(register: Mapping[str, KnownFinding]) -> list[KnownFinding]:
    """Return findings that somebody should act on: avoidable money first, then by amount."""
    kinds = ("avoidable", "changed", "exposed")

    def place(known: KnownFinding) -> tuple[int, bool, Decimal, str]:
        money = known.finding.per_30d
        amount = Decimal(0) if money is None else -money.amount
        return (kinds.index(known.finding.money_kind), money is None, amount, known.finding.id)

    return sorted((k for k in register.values() if k.state in _OPEN), key=place)


def actions_page(reading: Reading, asked: Asked, say: Language) -> Page:
    """Return the page: what is open, by money."""
    shown = reading.findings(asked.currency)
    known = open_findings(shown.known)
    question = say("What should we do?")
    planned = in_order(reading.savings.values())
    cache = cache_section(reading, say)
    plan = (
        *((savings_section(planned, say, asked), totals_section(planned, say)) if planned else ()),
        frontier_section(reading, say),
        *([cache] if cache else []),
    )
    if not known:
        told = (
            say("Nothing is open: every finding is resolved, ignored or asleep.")
            if reading.register
            else say("Nobody has looked yet. Run `centavo audit`.")
        )
        return Page(id="actions", question=question, answer=told, sections=plan)
    avoidable = [each for each in known if each.finding.money_kind == "avoidable"]
    return Page(
        id="actions",
        question=question,
        answer=_answer(known, avoidable, say),
        tiles=_tiles(known, avoidable, say),
        sections=(_by_money(asked, known, avoidable, say), *plan),
        coverage=(
            say("Findings overlap: their amounts are not added. A simulation says what they are worth together."),
            say("Amounts are for 30 days. Exposed money is concerned, not lost."),
            *finding_rate_sentences(shown, say),
        ),
        meta={"now": reading.now.isoformat(timespec="seconds")},
    )  # fmt: skip


def finding_page(reading: Reading, key: str, say: Language) -> Page:
    """Return the page of one finding: its evidence, what to do, when it is wrong, its history.

    Raises:
        ConfigError: There is no such finding.
    """
    kept = reading.register.get(key)
    if kept is None:
        raise ConfigError(f"no finding {key!r}", hint="`centavo findings list --all` shows all.")
    shown = reading.findings(some={key: kept})
    known, own = shown.known[key], kept.finding.per_30d
    finding = known.finding
    title = finding_title(finding, say)
    tiles = [
        Tile(
            _kind(known, say).capitalize(),
            _money_cell(known, say),
            _grade(known),
            say("in 30 days"),
        ),
        Tile(say("State"), Cell(_state(known, say), known.state), None, _last_step(known, say)),
    ]
    if finding.owner:
        basis = say.told(finding.owner.basis) if say.knows(finding.owner.basis) else ""
        if finding.owner.basis == ASSIGNED:
            basis = say("named by a person")
        tiles.append(Tile(say("Owner"), Cell(finding.owner.name, finding.owner.name), None, basis))
    do = Section(id="do", title=say("What to do"), sentences=(finding_remedy(finding, say),))
    decide = deciding_finding(known, say, today=reading.now.date())
    diff = diff_section(reading, finding, say)
    # A rule of somebody else's has no words of ours: nothing is said rather than in another language.
    known_wrong = say.knows(finding.wrong_when)
    wrong = Section(
        id="wrong", title=say("When it is wrong"), sentences=(say.told(finding.wrong_when),)
    )
    return Page(
        id=f"finding/{key}",
        question=f"{finding.code} · {title}",
        answer=finding_sentence(finding, say),
        tiles=tuple(tiles),
        sections=(do, decide, *([diff] if diff else []), evidence_section(finding.evidence, say), history_section(known.history, say), *((wrong,) if known_wrong else ())),
        coverage=(
            *([say("In its own currency: {money}.", money=say.money(own))] if own != finding.per_30d else []),
            *finding_rate_sentences(shown, say),
            say("Query: {name}.", name=finding.evidence.query),
        ),
        meta={"finding": key},
    )  # fmt: skip


def _answer(known: Sequence[KnownFinding], avoidable: Sequence[KnownFinding], say: Language) -> str:
    told = say.count("{number} finding is open.", "{number} findings are open.", len(known))
    if not avoidable:
        return told
    first = avoidable[0].finding
    return f"{told} " + say(
        "The largest is {title}, {scope}: {money} in 30 days could be avoided.",
        title=finding_title(first, say).lower(),
        scope=finding_place(first, say),
        money=say.money(first.per_30d),
    )


def _tiles(
    known: Sequence[KnownFinding], avoidable: Sequence[KnownFinding], say: Language
) -> tuple[Tile, ...]:
    tiles: list[Tile] = []
    if avoidable:
        tiles.append(
            Tile(
                say("Largest avoidable"),
                replace(_money_cell(avoidable[0], say), link=f"/finding/{avoidable[0].finding.id}"),
                _grade(avoidable[0]),
                say("in 30 days"),
            )
        )
    ownerless = sum(1 for each in known if each.finding.owner is None)
    tiles += [
        Tile(say("Open findings"), Cell(say.number(len(known)), len(known))),
        Tile(say("Without an owner"), Cell(say.number(ownerless), ownerless)),
    ]
    return tuple(tiles)


def _by_money(
    asked: Asked, known: Sequence[KnownFinding], avoidable: Sequence[KnownFinding], say: Language
) -> Section:
    bars = tuple(
        Bar(
            f"{finding_title(each.finding, say)} · {finding_place(each.finding, say)}",
            float(each.finding.per_30d.amount),
            say.money(each.finding.per_30d),
            0,
            _grade(each),
        )
        for each in avoidable[:_BARS]
        if each.finding.per_30d is not None
    )
    currencies = {e.finding.per_30d.currency for e in avoidable[:_BARS] if e.finding.per_30d}
    # Bars of two currencies have no common length.
    chart = BarChart(bars) if len(currencies) == 1 and len(bars) > 1 else None
    title = say("Open findings by money")

    def draw(frame: Frame) -> str:
        assert chart is not None
        return bar_chart(chart, frame)

    return Section(
        id="by-money",
        title=title,
        chart=Chart("by-money", title, say("Avoidable money in 30 days."), draw) if chart else None,
        table=findings_table(asked, known, say),
    )


def findings_table(asked: Asked, known: Sequence[KnownFinding], say: Language) -> Table:
    """Return findings as a table, in the order given; each leads to its page."""
    columns = (
        Column(say("Finding"), "title"),
        Column(say("Where"), "scope"),
        Column(say("Since"), "since"),
        Column(say("In 30 days"), "per_30d", numeric=True),
        Column(say("Money"), "money_kind"),
        Column(say("Grade"), "grade"),
        Column(say("Owner"), "owner"),
        Column(say("State"), "state"),
    )
    return Table("findings", columns, tuple(_row(asked, each, say) for each in known))


def _row(asked: Asked, known: KnownFinding, say: Language) -> Row:
    finding = known.finding
    owner = finding.owner.name if finding.owner else None
    return Row(
        (
            Cell(
                finding_title(finding, say), finding.code, asked.address(f"/finding/{finding.id}")
            ),
            Cell(finding_place(finding, say), finding.scope_text),
            _since(known, say),
            _money_cell(known, say),
            Cell(_kind(known, say), finding.money_kind),
            Cell(say(finding.grade), finding.grade),
            Cell(owner or "—", owner),
            Cell(_state(known, say), known.state),
        )
    )


def _last_step(known: KnownFinding, say: Language) -> str:
    """Return who brought it into its state and when; a run of centavo needs no name."""
    steps = [step for step in known.history if step.actor != CENTAVO]
    return f"{steps[-1].actor}, {say.day(steps[-1].at.date())}" if steps else ""


def _money_cell(known: KnownFinding, say: Language) -> Cell:
    money = known.finding.per_30d
    return Cell(say.money(money), money)


def _since(known: KnownFinding, say: Language) -> Cell:
    since = known.finding.period.since
    return Cell(say.day(since.date()) if since else "—", since.isoformat() if since else None)


def _kind(known: KnownFinding, say: Language) -> str:
    words = {"avoidable": say("avoidable"), "changed": say("changed"), "exposed": say("exposed")}
    return words[known.finding.money_kind]


def _state(known: KnownFinding, say: Language) -> str:
    words = {
        "open": say("open"),
        "acknowledged": say("acknowledged"),
        "ignored": say("ignored"),
        "snoozed": say("asleep"),
        "resolved": say("resolved"),
    }
    return words[known.state]


def _grade(known: KnownFinding) -> Grade:
    return known.finding.grade

"""The formal savings plan: the register line by line, what may be added, the roadmap, the signatures."""

from centavo.deliverables.language import Language
from centavo.deliverables.page import Cell, Column, Row, Section, Table, Tile
from centavo.deliverables.prepare.saving_page import saving_facts
from centavo.deliverables.prepare.savings import (
    in_order,
    roadmap_section,
    savings_section,
    totals_section,
)
from centavo.deliverables.reading import Reading
from centavo.deliverables.report.document import Chapter, Document, Look
from centavo.deliverables.report.glossary import glossary_table
from centavo.deliverables.saving_words import saving_place, saving_title
from centavo.errors import LedgerError
from centavo.savings.register import PlanTotal, plan_totals
from centavo.savings.saving import KnownSaving

__all__ = ["savings_plan"]

_SIGNATURES = 4


def savings_plan(reading: Reading, say: Language, *, look: Look) -> Document:
    """Return the plan as a document.

    Raises:
        LedgerError: The register holds no saving that lives.
    """
    known = in_order(reading.savings.values())
    if not known:
        raise LedgerError(
            "the register of savings is empty",
            hint="`centavo savings add` puts a simulation or a finding into it.",
        )
    today = reading.now.date()
    roadmap = roadmap_section(known, say, today=today)
    return Document(
        title=say("AI cost: savings plan"),
        subtitle=say.count("{number} saving", "{number} savings", len(known)),
        date=say.day(today),
        answer=_answer(known, say),
        tiles=_tiles(known, say),
        chapters=(
            Chapter(say("The register"), sections=(savings_section(known, say), totals_section(known, say))),
            *([Chapter(say("Roadmap"), sections=(roadmap,))] if roadmap else []),
            Chapter(say("Line by line"), sections=tuple(_line(each, say) for each in known)),
            Chapter(say("Signatures"), (say("With a signature the lines above are approved as they stand."),), (_signatures(known, say),)),
            Chapter(say("Method"), _method(say)),
            Chapter(say("Glossary"), sections=(Section("glossary", "", table=glossary_table(say)),)),
        ),
        look=look,
        lang=say.code,
        contents=say("Contents"),
        page_word=say("Page"),
    )  # fmt: skip


def _answer(known: list[KnownSaving], say: Language) -> str:
    told = say.count(
        "The plan holds {number} saving.", "The plan holds {number} savings.", len(known)
    )
    joint, alone = _totals(known)
    parts = [told]
    if joint:
        parts.append(
            say(
                "{lines} of them were simulated together and save {money} in 30 days.",
                lines=say.number(joint[0].lines),
                money=say.money(joint[0].expected),
            )
        )
    if alone:
        money = say.money(alone[0].expected)
        parts.append(
            say("The largest of the others is expected to save {money} in 30 days.", money=money)
            if joint
            else say("The largest is expected to save {money} in 30 days.", money=money)
        )
    return " ".join(parts)


def _totals(known: list[KnownSaving]) -> tuple[list[PlanTotal], list[PlanTotal]]:
    """Return joint totals and single lines; a joint one comes first, however large a line may be."""
    totals = plan_totals(known)
    return [each for each in totals if each.lines > 1], [each for each in totals if each.lines == 1]


def _tiles(known: list[KnownSaving], say: Language) -> tuple[Tile, ...]:
    tiles: list[Tile] = []
    joint, alone = _totals(known)
    for total in [*joint, *alone][:2]:
        name = say("Together") if total.lines > 1 else say("By itself")
        lines = say.count("{number} line", "{number} lines", total.lines)
        note = f"{total.plan} · {lines}" if total.lines > 1 else lines
        grade = "simulated" if total.state == "validated" else None
        tiles.append(Tile(name, Cell(say.money(total.expected), total.expected), grade, note))
    decided = sum(1 for each in known if each.state not in {"identified", "validated"})
    ownerless = sum(1 for each in known if each.saving.owner is None)
    tiles += [
        Tile(say("Approved or later"), Cell(say.number(decided), decided)),
        Tile(say("Without an owner"), Cell(say.number(ownerless), ownerless)),
    ]
    return tuple(tiles)


def _line(known: KnownSaving, say: Language) -> Section:
    """Return one line of the plan with everything that is known of it; unknown is a dash."""
    saving = known.saving
    title = f"{saving_title(saving, say)} · {saving_place(saving, say)}"
    columns = (Column(say("Field"), "field"), Column(say("Value"), "value"))
    rows = tuple(Row((Cell(name), Cell(text))) for name, text in saving_facts(known, say))
    return Section(saving.id, title, table=Table(saving.id, columns, rows))


def _signatures(known: list[KnownSaving], say: Language) -> Section:
    approvers = list(dict.fromkeys(k.saving.approver for k in known if k.saving.approver))
    names = [*approvers, *[""] * max(0, _SIGNATURES - len(approvers))]
    columns = (
        Column(say("Name"), "name"),
        Column(say("Role"), "role"),
        Column(say("Date"), "date"),
        Column(say("Signature"), "signature"),
    )
    # A blank line of a form; the spaces keep its width.
    blank = "\N{NO-BREAK SPACE}" * 24
    rows = tuple(
        Row((Cell(name or blank), Cell(blank), Cell("\N{NO-BREAK SPACE}" * 12), Cell(blank)))
        for name in names
    )
    return Section("signatures", "", table=Table("signatures", columns, rows))


def _method(say: Language) -> tuple[str, ...]:
    return (
        say("A lever is replayed on the recorded requests that the levers before it left; the end is priced once."),
        say("So the total of a plan is the joint one: single savings overlap, and their sum would be too high."),
        say("The baseline is what really ran, at the prices of its day."),
        say("A reduction lowers the bill; an avoidance keeps it from growing. They are never added."),
        say("A saving is verified only on a closed bill; nothing below is a promise."),
    )  # fmt: skip

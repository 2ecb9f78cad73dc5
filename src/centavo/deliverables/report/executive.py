"""The executive report: the answer, the bill and its drivers, diagnosis, risk, savings, decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from centavo.deliverables.asked import Asked, period_of
from centavo.deliverables.finding_words import finding_decision, finding_place, finding_title
from centavo.deliverables.language import N_, Language
from centavo.deliverables.page import Cell, Column, Page, Row, Section, Table, Tile
from centavo.deliverables.prepare.actions import open_findings
from centavo.deliverables.prepare.coverage import finding_rate_sentences
from centavo.deliverables.prepare.happened import change_answer, change_of, change_section
from centavo.deliverables.prepare.outlook import forecast_sentences, outlook_sections, quarter_of
from centavo.deliverables.prepare.plan import plan_summary
from centavo.deliverables.prepare.proof import verified_total
from centavo.deliverables.prepare.savings import in_order, savings_section, totals_section
from centavo.deliverables.prepare.where import ranked_section, where_page
from centavo.deliverables.reading import Reading
from centavo.deliverables.report.document import Chapter, Document, Look
from centavo.deliverables.report.glossary import glossary_table
from centavo.deliverables.words import basis_name, lower
from centavo.errors import LedgerError
from centavo.findings import KnownFinding

__all__ = ["LAYERS", "executive_report"]


# The five modules, by the prefix of their rules' codes.
LAYERS: dict[str, str] = {
    "CON": N_("Consumption"),
    "FIT": N_("Model"),
    "PRM": N_("Prompt"),
    "INF": N_("Infrastructure"),
    "GOV": N_("Governance"),
}
_MOST = 8
_DECISIONS = 6
_PROVED = frozenset({"verified", "sustained"})
# What tells of money that nobody holds back.
_UNCONTROLLED = frozenset({"CON109", "CON110", "CON115"})
_ANNOUNCED = frozenset({"CON121"})
_GROWING = frozenset({"CON103", "CON122"})


@dataclass(frozen=True)
class _Material:
    """What the chapters draw on."""

    reading: Reading
    asked: Asked
    say: Language
    where: Page
    known: tuple[KnownFinding, ...]
    finding_rates: tuple[str, ...]
    examined: frozenset[str]


def executive_report(
    reading: Reading, asked: Asked, say: Language, *, look: Look, examined: Sequence[str]
) -> Document:
    """Return the report of a period.

    Args:
        reading: The ledger.
        asked: Period, evidence level and currency.
        say: Language.
        look: The client's.
        examined: Prefixes of the codes of rules that this version has: ``CON``, ``FIT`` …

    Raises:
        LedgerError: The ledger holds nothing in the period.
    """
    where = where_page(reading, asked, say)
    if not where.sections:
        raise LedgerError(where.answer, hint="Choose another period with --period 2026-10.")
    shown = reading.findings(asked.currency)
    known = tuple(open_findings(shown.known))
    material = _Material(
        reading, asked, say, where, known, finding_rate_sentences(shown, say), frozenset(examined)
    )
    change, plan = _change_chapter(material), _plan_chapter(material)
    return Document(
        title=say("AI cost: executive report"),
        subtitle=where.tiles[0].note,
        date=say.day(reading.now.date()),
        answer=_answer(material),
        tiles=_tiles(material),
        chapters=(
            _bill(material),
            *([change] if change else []),
            *([plan] if plan else []),
            _diagnosis(material),
            _risk(material),
            _savings(material),
            _decisions(material),
            _method(material),
            Chapter(
                say("Glossary"), sections=(Section("glossary", "", table=glossary_table(say)),)
            ),
        ),
        look=look,
        lang=say.code,
        contents=say("Contents"),
        page_word=say("Page"),
    )


def _answer(material: _Material) -> str:
    say = material.say
    parts = [material.where.answer]
    avoidable = _avoidable(material)
    if avoidable:
        first = avoidable[0].finding
        title, money = finding_title(first, say).lower(), say.money(first.per_30d)
        parts.append(
            say.count(
                "{number} finding names avoidable money; it is {title}, with {money} in 30 days.",
                "{number} findings name avoidable money; the largest is {title}, with {money} in 30 days.",
                len(avoidable),
                title=title,
                money=money,
            )
        )
    loose = [k for k in material.known if k.finding.code in _UNCONTROLLED]
    if loose:
        parts.append(
            say.count(
                "{number} finding tells of spend that no limit or owner holds.",
                "{number} findings tell of spend that no limit or owner holds.",
                len(loose),
            )
        )
    return " ".join(parts)


def _tiles(material: _Material) -> tuple[Tile, ...]:
    say, tiles = material.say, list(material.where.tiles)
    avoidable = _avoidable(material)
    if avoidable:
        finding = avoidable[0].finding
        tiles.append(
            Tile(
                say("Largest avoidable"),
                Cell(say.money(finding.per_30d), finding.per_30d),
                finding.grade,
                say("in 30 days"),
            )
        )
    tiles.append(
        Tile(say("Open findings"), Cell(say.number(len(material.known)), len(material.known)))
    )
    verified = verified_total([k for k in material.reading.savings.values() if k.state in _PROVED])
    if not verified:
        tiles.append(Tile(say("Verified saving"), Cell("—"), None, say("nothing is verified yet")))
    in_30_days = say("in 30 days")
    name = say("Verified saving")
    tiles += [Tile(name, Cell(say.money(v), v), "billed", in_30_days) for v in verified[:1]]
    return tuple(tiles)


def _bill(material: _Material) -> Chapter:
    over_time, ranked = material.where.sections
    by_model = _ranked_by(material, "model")
    by_centre = _ranked_by(material, "cost_center")
    extra = [section for section in (by_model, by_centre) if section is not None]
    shown = [replace(over_time, links=(), table=None), replace(ranked, links=()), *extra]
    return Chapter(material.say("The bill"), sections=tuple(shown))


def _ranked_by(material: _Material, dimension: str) -> Section | None:
    """Return the table of another dimension, where anything is known of it."""
    asked = replace(material.asked, by=dimension)
    ranked = ranked_section(material.reading, asked, material.say)
    return replace(ranked, id=f"by-{dimension}") if ranked and _named(ranked) else None


def _named(ranked: Section) -> list[Row]:
    """Return the rows of a ranked table that have a name."""
    rows = ranked.table.rows if ranked.table else ()
    return [row for row in rows if row.cells[0].value and not row.is_total]


def _change_chapter(material: _Material) -> Chapter | None:
    newest = material.reading.newest
    assert newest is not None
    period = period_of(material.asked.period, newest)
    report = change_of(material.reading, material.asked, period)
    if report is None:
        return None
    change = report.changes[0]
    section = replace(change_section(report, change, material.say), title="")
    return Chapter(
        material.say("What moved the cost"),
        (change_answer(report, change, material.say),),
        (section,),
    )


def _plan_chapter(material: _Material) -> Chapter | None:
    """Return what the plan says and how it went until the end of the period; ``None`` without a plan."""
    newest = material.reading.newest
    assert newest is not None
    until = period_of(material.asked.period, newest).until
    by = until.date() if until else None
    told, sections = plan_summary(material.reading, material.asked, material.say, by=by)
    return Chapter(material.say("The plan"), told, sections) if sections else None


def _diagnosis(material: _Material) -> Chapter:
    say = material.say
    sections = [_layer(material, prefix, say(name)) for prefix, name in LAYERS.items()]
    told = say("Findings are what rules saw in your own data; each has its evidence in the ledger.")
    return Chapter(say("Diagnosis by layer"), (told,), tuple(sections))


def _layer(material: _Material, prefix: str, name: str) -> Section:
    say = material.say
    known = [k for k in material.known if k.finding.code.startswith(prefix)]
    if prefix not in material.examined:
        told = say("Not examined: this version has no rules for it.")
        return Section(f"layer-{prefix}", name, (told,))
    if not known:
        return Section(f"layer-{prefix}", name, (say("Examined: nothing is open."),))
    told = say.count("{number} finding is open.", "{number} findings are open.", len(known))
    return Section(f"layer-{prefix}", name, (told,), table=_short_table(known[:_MOST], say))


def _risk(material: _Material) -> Chapter:
    say = material.say
    sections = [
        *_next_quarter(material),
        _risk_of(material, "announced", say("Announced prices and model shutdowns"), _ANNOUNCED),
        _risk_of(material, "growth", say("Workloads that grow"), _GROWING),
        _concentration(material),
        _risk_of(material, "uncontrolled", say("Without limit or owner"), _UNCONTROLLED),
    ]
    return Chapter(say("Financial risk"), sections=tuple(sections))


def _next_quarter(material: _Material) -> list[Section]:
    """Return what is to come, with the dear end of the next quarter first."""
    say, report = material.say, material.reading.forecast
    if report is None:
        return []
    quarter = quarter_of(report.outlooks[0].whole)
    told = list(forecast_sentences(report, say))
    if quarter is not None:
        sentence = say(
            "The quarter from {first} costs {middle}; fewer than one case in ten is above {high}.",
            first=say.day(quarter.first),
            middle=say.money(quarter.p50),
            high=say.money(quarter.p90),
        )
        told.insert(0, sentence)
    months, *facts = outlook_sections(material.reading, say)
    first = replace(months, title=say("The next quarter"), sentences=tuple(told))
    return [first, *facts]


def _risk_of(material: _Material, key: str, title: str, codes: frozenset[str]) -> Section:
    say = material.say
    known = [k for k in material.known if k.finding.code in codes]
    if not known:
        return Section(f"risk-{key}", title, (say("Nothing is open."),))
    return Section(f"risk-{key}", title, table=_short_table(known[:_MOST], say))


def _concentration(material: _Material) -> Section:
    """Say how much of the cost hangs on the first model and the first provider."""
    say = material.say
    told: list[str] = []
    for dimension, sentence in (
        ("provider", N_("{share} of the cost is paid to one provider: {name}.")),
        ("model", N_("{share} of the cost is one model: {name}.")),
    ):
        ranked = ranked_section(material.reading, replace(material.asked, by=dimension), say)
        named = _named(ranked) if ranked else []
        if named:
            told.append(say(sentence, share=named[0].cells[2].text, name=named[0].cells[0].text))
    return Section("risk-concentration", say("Concentration"), tuple(told))


def _savings(material: _Material) -> Chapter:
    say = material.say
    avoidable = _avoidable(material)
    planned = in_order(material.reading.savings.values())
    plan = [savings_section(planned, say), totals_section(planned, say)] if planned else []
    if not avoidable:
        told = say("No finding names avoidable money.")
        return Chapter(say("Savings"), (told,), tuple(plan))
    title = say("From findings") if plan else ""
    return Chapter(
        say("Savings"),
        (
            say("Findings overlap: their amounts are not added. A simulation says what they are worth together."),
            say("A saving is verified only on a closed bill; nothing below is a promise."),
        ),
        (*plan, Section("avoidable", title, table=_short_table(avoidable[:_MOST], say))),
    )  # fmt: skip


def _decisions(material: _Material) -> Chapter:
    say = material.say
    first = [
        *_avoidable(material),
        *(k for k in material.known if k.finding.money_kind != "avoidable"),
    ]
    columns = (
        Column(say("Decision"), "decision"),
        Column(say("Because of"), "because"),
        Column(say("In 30 days"), "per_30d", numeric=True),
        Column(say("Owner"), "owner"),
    )
    rows = tuple(
        Row(
            (
                Cell(finding_decision(known.finding, say)),
                Cell(f"{finding_title(known.finding, say)} · {finding_place(known.finding, say)}"),
                Cell(say.money(known.finding.per_30d), known.finding.per_30d),
                Cell(known.finding.owner.name if known.finding.owner else "—"),
            )
        )
        for known in first[:_DECISIONS]
    )
    told = (
        say("Nothing needs a decision.") if not rows else say("Each line asks for a yes or a no.")
    )
    return Chapter(
        say("Decisions asked"),
        (told,),
        (Section("decisions", "", table=Table("decisions", columns, rows)),),
    )


def _method(material: _Material) -> Chapter:
    say = material.say
    return Chapter(
        say("Method and coverage"),
        (
            say("Every amount is decimal from the file to this page; two currencies are never added."),
            say("Billed, metered, simulated and estimated amounts never share a sum."),
            *material.where.coverage,
            *material.finding_rates,
            *([_reproduced(material.where.meta, say)] if material.where.meta else []),
        ),
    )  # fmt: skip


def _reproduced(meta: Mapping[str, str], say: Language) -> str:
    """Return the clock, the period and the snapshots that give the same figures again."""
    kept = {
        name.removeprefix("snapshot "): it
        for name, it in meta.items()
        if name.startswith("snapshot ")
    }
    return say(
        "To get these figures again: clock {now}, period {period}, {basis}; snapshots {snapshots}.",
        now=meta["now"],
        period=meta["period"],
        basis=lower(basis_name(meta["basis"], say)),
        snapshots=", ".join(f"{name} {each}" for name, each in kept.items()),
    )


def _short_table(known: Sequence[KnownFinding], say: Language) -> Table:
    columns = (
        Column(say("Finding"), "title"),
        Column(say("Where"), "scope"),
        Column(say("In 30 days"), "per_30d", numeric=True),
        Column(say("Grade"), "grade"),
        Column(say("Owner"), "owner"),
    )
    rows = tuple(
        Row(
            (
                Cell(finding_title(k.finding, say), k.finding.code),
                Cell(finding_place(k.finding, say), k.finding.scope_text),
                Cell(say.money(k.finding.per_30d), k.finding.per_30d),
                Cell(say(k.finding.grade), k.finding.grade),
                Cell(k.finding.owner.name if k.finding.owner else "—"),
            )
        )
        for k in known
    )
    return Table("findings", columns, rows)


def _avoidable(material: _Material) -> list[KnownFinding]:
    return [
        k
        for k in material.known
        if k.finding.money_kind == "avoidable" and k.finding.per_30d is not None
    ]

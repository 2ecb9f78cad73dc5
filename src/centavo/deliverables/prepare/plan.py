"""The user's plan on *What will it cost?*: its scenarios, and how it went against the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from centavo.deliverables.asked import Asked
from centavo.deliverables.language import Language
from centavo.deliverables.page import Cell, Control, Section, Tile
from centavo.deliverables.prepare.plan_actual import (
    Compared,
    actual_sections,
    actual_sentence,
    compare,
)
from centavo.deliverables.prepare.plan_estimate import (
    drawn_money,
    estimate_sections,
    planned_sentences,
)
from centavo.deliverables.reading import Reading
from centavo.errors import CentavoError, ConfigError
from centavo.ledger.toml_lines import near_names
from centavo.money import Money
from centavo.planning.checking import last_seen
from centavo.planning.drawn import DrawnScenario

__all__ = ["PlanPart", "plan_part", "plan_summary"]


@dataclass(frozen=True)
class PlanPart:
    """What a page shows of the plan; nothing but a section that says what to do where there is none."""

    sentences: tuple[str, ...] = ()
    controls: tuple[Control, ...] = ()
    tiles: tuple[Tile, ...] = ()
    sections: tuple[Section, ...] = ()
    coverage: tuple[str, ...] = ()
    meta: dict[str, str] = field(default_factory=dict[str, str])


def plan_part(reading: Reading, asked: Asked, say: Language) -> PlanPart:
    """Return the plan in the scenario that the address names.

    A plan that cannot be read is a sentence on the page: the forecast does not depend on it.

    Raises:
        ConfigError: The plan has no such scenario.
    """
    if reading.settings.plan is None:
        return PlanPart(sections=(_none(say),))
    try:
        scenarios = reading.scenarios
    except CentavoError as error:
        return PlanPart(sections=(_broken(error, say),))
    chosen = _chosen(scenarios, asked.scenario or reading.settings.plan_scenario or "")
    compared = _compared(reading, chosen, asked, say)
    told = planned_sentences(chosen, say)
    sentences = [told[0]]
    if compared.actual is not None:
        sentences.append(actual_sentence(compared.actual, say))
    sections = estimate_sections(scenarios, chosen, told, say)
    return PlanPart(
        sentences=tuple(sentences),
        controls=_control(scenarios, chosen, asked, say),
        tiles=_tiles(chosen, compared, say),
        sections=(*actual_sections(compared, asked, say), *sections),
        coverage=_rests_on(reading, scenarios, say),
        meta={"plan": chosen.planned.plan.name, "scenario": chosen.name, "seed": str(chosen.drawn.seed)},
    )  # fmt: skip


def plan_summary(
    reading: Reading, asked: Asked, say: Language, *, by: date | None
) -> tuple[tuple[str, ...], tuple[Section, ...]]:
    """Return what paper says of the plan that is carried out: what it costs, and how it went by a day.

    Nothing where settings name no plan.

    Raises:
        ConfigError: The plan has no such scenario.
    """
    if reading.settings.plan is None:
        return (), ()
    try:
        scenarios = reading.scenarios
    except CentavoError as error:
        return (), (_broken(error, say),)
    chosen = _chosen(scenarios, reading.settings.plan_scenario or "")
    compared = _compared(reading, chosen, asked, say, by=by)
    sections = (replace(each, links=()) for each in actual_sections(compared, asked, say))
    return planned_sentences(chosen, say), tuple(sections)


def _none(say: Language) -> Section:
    return Section(
        "plan",
        say("The plan"),
        (
            say("No plan is named, so there is nothing to hold the bill against."),
            say(
                "Write one with {init}, then name it in centavo.toml, {toml}, or start with {serve}.",
                init="centavo plan init",
                toml='[plan] file = "plan.yaml"',
                serve="centavo serve --plan plan.yaml",
            ),
        ),
    )


def _broken(error: CentavoError, say: Language) -> Section:
    told = say("The plan cannot be used: {message}", message=str(error))
    return Section("plan", say("The plan"), (told, *([error.hint] if error.hint else [])))


def _chosen(scenarios: Mapping[str, DrawnScenario], name: str) -> DrawnScenario:
    first = next(iter(scenarios.values()))
    if name and name not in scenarios:
        raise ConfigError(
            f"{first.planned.plan.file} has no scenario {name!r}", hint=near_names(name, scenarios)
        )
    return scenarios[name] if name else first


def _compared(
    reading: Reading, chosen: DrawnScenario, asked: Asked, say: Language, *, by: date | None = None
) -> Compared:
    try:
        return compare(reading, chosen, asked, say, by=by)
    except CentavoError as error:
        told = say("It cannot be compared: {message}", message=str(error))
        return Compared(None, (told, *([error.hint] if error.hint else [])))


def _control(
    scenarios: Mapping[str, DrawnScenario], chosen: DrawnScenario, asked: Asked, say: Language
) -> tuple[Control, ...]:
    if len(scenarios) < 2:
        return ()
    ways = tuple(
        (name, asked.address("/outlook", scenario=name), name == chosen.name) for name in scenarios
    )
    return (Control(say("Scenario"), ways),)


def _tiles(chosen: DrawnScenario, compared: Compared, say: Language) -> tuple[Tile, ...]:
    planned, currency = chosen.planned, chosen.planned.plan.currency
    band = chosen.drawn.first
    note = say(
        "{low} to {high}",
        low=say.money(drawn_money(band.p5, currency)),
        high=say.money(drawn_money(band.p95, currency)),
    )
    name = say("Planned a month, {scenario}", scenario=chosen.name)
    tiles = [
        Tile(name, Cell(say.money(planned.first), planned.first), "estimated", note if chosen.varies else "")
    ]  # fmt: skip
    found = compared.actual
    if found is not None:
        deviation = Money(found.total.deviation, currency)
        sign = "+" if round(deviation.amount, 2) > 0 else ""
        count = say.count("{number} month", "{number} months", len(found.months))
        grade = "metered" if found.basis == "vendor_reported" else found.basis
        tiles.append(
            Tile(say("Against the plan"), Cell(f"{sign}{say.money(deviation)}", deviation), grade, count)
        )  # fmt: skip
    return tuple(tiles)


def _rests_on(
    reading: Reading, scenarios: Mapping[str, DrawnScenario], say: Language
) -> tuple[str, ...]:
    planned = [it.planned for it in scenarios.values()]
    plan = planned[0].plan
    priced = sum(it.price is not None for it in plan.components.values())
    used = {line.price.name: line.dated[0] for it in planned for line in it.resolved.lines}
    carried = len(plan.components) - priced
    told = [
        say(
            "The plan: {priced} of {number} components have a price, {carried} are carried by their host; the oldest price was seen on {day}.",
            priced=say.number(priced),
            number=say.number(len(plan.components)),
            carried=say.number(carried),
            day=say.day(min(it.seen for it in used.values())),
        )
    ]
    today = reading.now.date()
    old = {name: day for it in planned for name, day in last_seen(it, today).items()}
    if old:
        shown = [f"{name} ({say.day(day)})" for name, day in list(old.items())[:4]]
        if len(old) > len(shown):
            shown.append(say.count("{number} other", "{number} others", len(old) - len(shown)))
        told.append(
            say("Prices of the plan that were last seen long ago: {names}.", names=say.list_of(shown))
        )  # fmt: skip
    return tuple(told)

"""``centavo simulate``: what a plan of levers would have saved on the recorded traffic."""

import shlex
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import click

from centavo.cli.asking import dimension_list
from centavo.cli.levers import body_parts, lever_kinds
from centavo.cli.output import Column, Format, Table, print_json, print_table, say
from centavo.cli.simulate_json import simulation_json
from centavo.cli.simulate_text import show_simulation
from centavo.errors import ConfigError
from centavo.ledger.coverage import coverage_of
from centavo.ledger.ledger import Ledger
from centavo.ledger.overlap import merge_meters
from centavo.ledger.settings import Settings
from centavo.ledger.toml_lines import near_names
from centavo.period import Period
from centavo.pricing import PriceBook
from centavo.savings import simulate
from centavo.savings.plan_file import Plan, levers_of_texts, read_plan
from centavo.savings.recording import Question
from centavo.savings.where import DIMENSIONS

__all__ = ["command"]


@click.command("simulate")
@click.option(
    "--lever",
    "--levers",
    "texts",
    multiple=True,
    metavar="LEVER",
    help="retries,duplicates or 'model to=claude-haiku-4-5 application=chat'; repeatable, in order.",
)
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A YAML file of levers, in order.",
)
@click.option("--list", "listed", is_flag=True, help="List the levers and their settings.")
@click.option("--by", help="Show cost by these dimensions after each lever: application,model …")
@click.option("--since", help="First day, e.g. 2026-03 or 2026-03-05.")
@click.option("--until", help="End, excluded.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the intervals.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def command(
    ledger: Path | None,
    *,
    texts: tuple[str, ...],
    plan_file: Path | None,
    listed: bool,
    by: str | None,
    since: str | None,
    until: str | None,
    seed: int,
    as_json: bool,
    form: str | None,
) -> None:
    """Replay a plan of levers on the recorded requests and say what they would have cost.

    Levers act on one another: each is replayed on what the ones before left, and only the joint total
    is a saving. Where no plan is named, it is the levers that change no answer and need no setting.
    Nothing is changed; `centavo savings add` puts a plan into the register.
    """
    shape = cast("Format", form or "table")
    if listed:
        _list(shape)
        return
    if not plan_file and not texts:
        texts = (_harmless(),)
    plan = plan_of(plan_file, texts)
    question = Question(Period.parse(since, until), _dimensions(by), seed)
    settings = Settings.load(Path.cwd(), ledger=ledger)
    opened = Ledger.open(settings.location, period=question.period)
    found = simulate(
        opened, plan.levers, question, book=PriceBook.load(settings.prices), parts=body_parts()
    )
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    seen_twice = merge_meters(opened, question.period).calls
    coverage = replace(coverage_of(opened, "usage_events", now=now), calls_seen_twice=seen_twice)
    if as_json:
        print_json(simulation_json(found, plan, coverage))
    else:
        named = (
            [("--plan", str(plan_file))] if plan_file else [("--levers", each) for each in texts]
        )
        again = " ".join(shlex.join(option) for option in named)
        show_simulation(found, coverage, form=shape, plan=again)


def plan_of(plan_file: Path | None, texts: tuple[str, ...]) -> Plan:
    """Return the plan that the options name.

    Raises:
        ConfigError: They name none, or two.
    """
    if bool(plan_file) == bool(texts):
        raise ConfigError(
            "name the levers to simulate, by --levers or by --plan",
            hint="`centavo simulate --list` lists them; for example --levers retries,duplicates.",
        )
    if plan_file:
        return read_plan(plan_file, lever_kinds())
    # Named by its levers: another plan is another simulation, and two of them do not add up.
    return Plan("; ".join(texts).replace(",", ", "), levers_of_texts(texts, lever_kinds()))


def _harmless() -> str:
    names = ",".join(kind.name for kind in lever_kinds() if kind.is_harmless)
    say(f"No lever is named; these change no answer: {names}. Others: centavo simulate --list.")
    return names


def _dimensions(by: str | None) -> tuple[str, ...]:
    names = dimension_list(by)
    for name in names:
        if name not in DIMENSIONS:
            raise ConfigError(
                f"{name!r} is not a dimension of requests", hint=near_names(name, DIMENSIONS)
            )
    return names


def _list(form: Format) -> None:
    rows: list[list[str | None]] = []
    for kind in lever_kinds():
        rows.append([kind.name, None, kind.doc])
        for parameter in kind.parameters:
            needed = " (required)" if parameter.is_required else ""
            rows.append([kind.name, parameter.name, f"{parameter.doc}{needed}"])
    print_table(Table([Column("lever"), Column("setting"), Column("meaning")], rows), form=form)
    say(f"Each may be confined to a scope: {', '.join(DIMENSIONS)}.")

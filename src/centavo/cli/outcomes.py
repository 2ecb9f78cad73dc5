"""``centavo outcomes``: graded answers of models, and which models can be compared by them."""

from pathlib import Path
from typing import cast

import click

from centavo.cli.outcome_costs import clock, open_outcomes, say_priced
from centavo.cli.output import Column, Format, Table, count_text, print_json, print_table, say
from centavo.ledger.settings import Settings
from centavo.modelfit.outcomes import (
    ModelOutcomes,
    PairCount,
    count_models,
    count_pairs,
    save_outcomes,
)

__all__ = ["command"]

_PAIRS_SHOWN = 20


@click.group("outcomes")
def command() -> None:
    """Import graded answers, and list which models they compare."""


@command.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--prompts",
    type=click.Path(path_type=Path),
    help="File with the prompts and categories, by item id, where FILES have none.",
)
@click.option("--json", "json_out", is_flag=True, help="Machine-readable result on stdout.")
@click.pass_obj
def import_command(
    folder: Path | None, *, files: tuple[Path, ...], prompts: Path | None, json_out: bool
) -> None:
    """Import graded answers: CSV, JSON lines or Parquet with a model, a score and an item id.

    A score is a number from 0 to 1, true or false, pass or fail, up or down. The same answer graded
    again takes the place of its earlier grade, so that importing a file twice changes nothing.
    """
    from centavo.sources.outcomes import read_outcomes, read_prompts

    location = Settings.load(Path.cwd(), ledger=folder).location
    told, secrets = read_prompts(prompts) if prompts else ({}, 0)
    read = [read_outcomes(path, prompts=told) for path in files]
    rows = [row for each in read for row in each.rows]
    changed = save_outcomes(location, rows, file=files[0], now=clock())
    without = sum(each.without_score for each in read)
    secrets += sum(each.secrets for each in read)
    unused = sorted({name for each in read for name in each.unused})
    if json_out:
        print_json(
            {
                "schema": "centavo.outcomes_import/1",
                "read": len(rows) + without,
                "changed": changed,
                "without_score": without,
                "secrets_redacted": secrets,
                "unused_columns": unused,
            }
        )
        return
    say(f"{changed:,} outcomes are new or graded anew, of {len(rows):,} read.")
    if without:
        say(f"Left out: {without:,} records without a score.")
    if unused:
        say(f"Columns that mean nothing here: {', '.join(unused)}.")
    if secrets:
        say(f"{secrets:,} secrets were taken out of prompts.")
    say("Next: centavo outcomes list")


@command.command("list")
@click.option("--json", "json_out", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def list_command(folder: Path | None, *, json_out: bool, form: str | None) -> None:
    """List models with outcomes, and pairs of them that answered the same prompts."""
    ledger, priced = open_outcomes(folder)
    models, pairs = count_models(ledger), count_pairs(ledger)
    if json_out:
        print_json(
            {
                "schema": "centavo.outcomes/1",
                "models": [each.__dict__ for each in models],
                "pairs": [each.__dict__ for each in pairs],
                "costs": {
                    "stated": priced.stated,
                    "priced": priced.priced,
                    "without": priced.without,
                    "unpriced": [
                        {"model": model, "problem": problem, "items": count}
                        for (model, problem), count in priced.unpriced.items()
                    ],
                },
            }
        )
        return
    if not models:
        say("No outcomes in the ledger.", "Next: centavo outcomes import FILE")
        return
    say(
        f"{sum(each.items for each in models):,} outcomes of {len({m.model for m in models})} models."
    )
    print_table(_model_table(models), form=cast("Format", form or "table"))
    say_priced(priced)
    if pairs and form is None:
        say(f"{len(pairs)} pairs answered the same prompts; the better model first.")
        print_table(_pair_table(pairs[:_PAIRS_SHOWN]))
        if len(pairs) > _PAIRS_SHOWN:
            say(f"{len(pairs) - _PAIRS_SHOWN} more pairs: --json shows all.")
    say(
        "Next: centavo certify --keep MODEL --candidate MODEL"
        if pairs
        else "Next: centavo outcomes import FILE"
    )


def _model_table(models: list[ModelOutcomes]) -> Table:
    columns = [
        Column("model"),
        Column("score kind", drop=1),
        Column("graded", numeric=True),
        Column("mean score", numeric=True),
        Column("with prompt", numeric=True, drop=3),
        Column("with cost", numeric=True, drop=2),
        Column("with agreement", numeric=True, drop=4),
    ]
    rows = [
        [
            each.model,
            each.score_kind,
            count_text(each.items),
            f"{each.mean_score:.3f}",
            count_text(each.with_prompt),
            count_text(each.with_cost),
            count_text(each.with_agreement),
        ]
        for each in models
    ]
    return Table(columns, rows)


def _pair_table(pairs: list[PairCount]) -> Table:
    columns = [
        Column("better"),
        Column("other"),
        Column("score kind", drop=1),
        Column("prompts", numeric=True),
        Column("points apart", numeric=True),
    ]
    rows = [
        [
            each.better,
            each.other,
            each.score_kind,
            count_text(each.items),
            f"{100 * (each.better_score - each.other_score):.1f}",
        ]
        for each in pairs
    ]
    return Table(columns, rows)

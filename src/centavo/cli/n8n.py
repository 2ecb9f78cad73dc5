"""``centavo n8n``: what n8n workflows are set up to call, from their exports."""

from collections.abc import Sequence
from typing import cast

import click

from centavo.cli.completing import FILES
from centavo.cli.output import Column, Format, Table, count_text, print_json, print_table, say
from centavo.cli.wiring import find_files
from centavo.errors import InputError
from centavo.sources.n8n.inventory import (
    Inventory,
    ModelNode,
    NotRead,
    Workflow,
    read_workflows,
    summed,
)

__all__ = ["command"]

_DEFAULT_MODEL = "(default)"


@click.group("n8n")
def command() -> None:
    """Look at n8n: what its workflows are set up to call."""


@command.command("inventory")
@click.argument("paths", nargs=-1, required=True, metavar="FOLDER|FILE…", type=FILES)
@click.option("--top", type=click.IntRange(min=1), help="Only the N first rows.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
def inventory(paths: tuple[str, ...], *, top: int | None, as_json: bool, form: str | None) -> None:
    """List the workflows of n8n exports that call a model: models, limits, prompts, schedules.

    An export is no usage: it says what would run, not what ran. Nothing is written.
    """
    files = [path for path, _, outright in find_files(paths) if outright or path.suffix == ".json"]
    found = [record for path in files for record in read_workflows(path)]
    workflows = [record for record in found if isinstance(record, Workflow)]
    others = [record for record in found if isinstance(record, NotRead)]
    if not workflows:
        reason = f"{others[0].file} {others[0].reason}" if others else "there is no .json file"
        raise InputError(
            f"no n8n workflow was found: {reason}",
            hint="Export workflows as JSON: n8n export:workflow --all --separate --output=FOLDER.",
        )
    figures = summed(workflows)
    if as_json:
        print_json(_as_json(figures, workflows, others))
        return
    say(*_answer(figures))
    calling = sorted((w for w in workflows if w.model_nodes), key=_order)
    print_table(_table(calling[:top]), form=cast("Format", form or "table"))
    say(*(f"Not read: {other.file} {other.reason}" for other in others))
    say("Next: centavo fetch n8n reads what they really spent.")


def _answer(figures: Inventory) -> list[str]:
    lines = [
        f"{figures.with_llm:,} of {figures.workflows:,} workflows call a model, in"
        f" {figures.llm_nodes:,} nodes; {figures.active:,} workflows are active.",
        f"{figures.scheduled:,} run by the clock, {figures.minute_level_schedule:,} of them every so"
        f" many minutes or seconds; {figures.minute_level_and_llm:,} of those call a model.",
        f"{figures.llm_nodes_with_max_tokens:,} nodes limit the answer's tokens by a number,"
        f" {figures.llm_nodes_with_other_limit:,} in another way.",
    ]
    if figures.system_prompts:
        lines.append(
            f"{figures.system_prompts:,} system prompts, of {figures.system_prompt_chars_median:,}"
            f" characters in the middle and {figures.system_prompt_chars_max:,} at most."
        )
    models = ", ".join(f"{name or _DEFAULT_MODEL} {count}" for name, count in figures.models[:5])
    return [*lines, f"Models: {models}."] if models else lines


def _order(workflow: Workflow) -> tuple[bool, bool, int, str]:
    """Sort what can cost most unseen first: by the minute, then active, then by nodes."""
    return (
        not workflow.is_minute_level,
        workflow.is_active is not True,
        -len(workflow.model_nodes),
        workflow.name,
    )


def _table(workflows: Sequence[Workflow]) -> Table:
    columns = [
        Column("workflow"),
        Column("active", drop=3),
        Column("schedule", drop=2),
        Column("model nodes", numeric=True),
        Column("models", drop=1),
        Column("without limit", numeric=True, drop=4),
        Column("system prompt chars", numeric=True, drop=5),
    ]
    return Table(columns, [_cells(workflow) for workflow in workflows])


def _cells(workflow: Workflow) -> list[str | None]:
    models = dict.fromkeys(node.model or _DEFAULT_MODEL for node in workflow.model_nodes)
    rules = [rule for schedule in workflow.schedules for rule in schedule.rules]
    unlimited = sum(node.max_tokens is None and node.limit is None for node in workflow.model_nodes)
    active = workflow.is_active
    return [
        workflow.name,
        None if active is None else "yes" if active else "no",
        ", ".join(rules) or None,
        count_text(len(workflow.model_nodes)),
        ", ".join(models),
        count_text(unlimited),
        count_text(sum(workflow.system_prompts)) if workflow.system_prompts else None,
    ]


def _as_json(
    figures: Inventory, workflows: Sequence[Workflow], others: Sequence[NotRead]
) -> dict[str, object]:
    return {
        "schema": "centavo.n8n.inventory/1",
        "workflows": figures.workflows,
        "with_llm": figures.with_llm,
        "active": figures.active,
        "scheduled": figures.scheduled,
        "minute_level_schedule": figures.minute_level_schedule,
        "minute_level_and_llm": figures.minute_level_and_llm,
        "llm_nodes": figures.llm_nodes,
        "llm_nodes_with_max_tokens": figures.llm_nodes_with_max_tokens,
        "llm_nodes_with_other_limit": figures.llm_nodes_with_other_limit,
        "models": [{"model": name, "nodes": count} for name, count in figures.models],
        "system_prompts": figures.system_prompts,
        "system_prompt_chars_median": figures.system_prompt_chars_median,
        "system_prompt_chars_max": figures.system_prompt_chars_max,
        "rows": [_workflow_json(workflow) for workflow in workflows],
        "not_read": [{"file": other.file, "reason": other.reason} for other in others],
    }


def _workflow_json(workflow: Workflow) -> dict[str, object]:
    return {
        "name": workflow.name,
        "file": workflow.file,
        "active": workflow.is_active,
        "schedules": [rule for schedule in workflow.schedules for rule in schedule.rules],
        "minute_level_schedule": workflow.is_minute_level,
        "llm_nodes": [_node_json(node) for node in workflow.model_nodes],
        "system_prompt_chars": list(workflow.system_prompts),
    }


def _node_json(node: ModelNode) -> dict[str, object]:
    return {
        "name": node.name,
        "type": node.type,
        "provider": node.provider,
        "model": node.model,
        "max_tokens": node.max_tokens,
        "other_limit": node.limit,
    }

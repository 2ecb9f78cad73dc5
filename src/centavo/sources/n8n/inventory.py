"""What n8n workflows are set up to call: model nodes, models, limits, system prompts, schedules.

A workflow export is no usage: nothing in it says that it ever ran. It says what would run.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median_low

import msgspec

from centavo.sources.n8n.nodes import WorkflowNode, workflow_nodes
from centavo.sources.n8n.schedules import Schedule, schedule_of
from centavo.sources.record_values import JsonObject, as_list, as_object, is_list, is_object, text

__all__ = ["Inventory", "ModelNode", "NotRead", "Workflow", "read_workflows", "summed"]

_OTHER_LIMITS = ("maxTokensToSample", "maxOutputTokens", "numPredict")
_SYSTEM_OPTIONS = ("systemMessage", "systemPromptTemplate")
_SYSTEM_ROLES = frozenset({"system", "developer", "SystemMessagePromptTemplate"})
# Lists of messages: the parameter, the list in it, the text of one, the role of one without any.
_MESSAGE_LISTS = (
    # A chain's messages are the system's unless they say otherwise.
    ("messages", "messageValues", "message", "SystemMessagePromptTemplate"),
    ("messages", "values", "content", "user"),
    ("messages", "messages", "content", "user"),
    ("responses", "values", "content", "user"),
    ("prompt", "messages", "content", "user"),
)


@dataclass(frozen=True)
class ModelNode:
    """A node that calls a model, or serves one to an agent or chain.

    Attributes:
        name: The user's name for it.
        type: Without its package: ``lmChatOpenAi``.
        provider: Provider that the type names.
        model: As stored; ``None`` = the node's default.
        max_tokens: The option "Maximum Number of Tokens" where it is a number.
        limit: Another limit, or an expression for one, as stored.
    """

    name: str
    type: str
    provider: str | None
    model: str | None
    max_tokens: int | None
    limit: str | None


@dataclass(frozen=True)
class Workflow:
    """One workflow.

    Attributes:
        name: The workflow's own, or the file's.
        file: Where it stands.
        is_active: Whether n8n runs it on its triggers; ``None`` where the export does not say.
        model_nodes: Nodes that call models.
        system_prompts: Characters of each system prompt, expressions as they stand.
        schedules: When it runs by the clock.
    """

    name: str
    file: str
    is_active: bool | None
    model_nodes: tuple[ModelNode, ...]
    system_prompts: tuple[int, ...]
    schedules: tuple[Schedule, ...]

    @property
    def is_minute_level(self) -> bool:
        """Return whether it runs every so many minutes or seconds."""
        return any(schedule.is_minute_level for schedule in self.schedules)


@dataclass(frozen=True)
class NotRead:
    """A file that is no workflow, and why."""

    file: str
    reason: str


@dataclass(frozen=True)
class Inventory:
    """Figures over all workflows.

    Attributes:
        workflows: How many.
        with_llm: Of which call a model.
        active: Of which are switched on.
        scheduled: Of which run by the clock.
        minute_level_schedule: Of which every so many minutes or seconds.
        minute_level_and_llm: Of which call a model.
        llm_nodes: Nodes that call models.
        llm_nodes_with_max_tokens: Of which limit the answer by a number of tokens.
        llm_nodes_with_other_limit: Of which limit it by an expression or a provider's own option.
        models: Nodes by model, most first; ``None`` is the node's default.
        system_prompts: How many there are.
        system_prompt_chars_median: The lower of the two in the middle where they are even.
        system_prompt_chars_max: The longest.
    """

    workflows: int
    with_llm: int
    active: int
    scheduled: int
    minute_level_schedule: int
    minute_level_and_llm: int
    llm_nodes: int
    llm_nodes_with_max_tokens: int
    llm_nodes_with_other_limit: int
    models: tuple[tuple[str | None, int], ...]
    system_prompts: int
    system_prompt_chars_median: int | None
    system_prompt_chars_max: int | None


def read_workflows(path: Path) -> Iterator[Workflow | NotRead]:
    """Yield the workflows of one file: one, an array of them, or a page of n8n's API."""
    try:
        content: object = msgspec.json.decode(path.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        yield NotRead(str(path), f"is not JSON ({error})")
        return
    except OSError as error:
        yield NotRead(str(path), f"cannot be read: {error.strerror}")
        return
    page = as_object(content).get("data")
    records = content if is_list(content) else page if is_list(page) else [content]
    for record in records:
        if is_object(record) and is_list(record.get("nodes")):
            yield _workflow(record, path)
        else:
            yield NotRead(str(path), "is no n8n workflow: it has no list of nodes")


def summed(workflows: Sequence[Workflow]) -> Inventory:
    """Return the figures over these workflows."""
    nodes = [node for workflow in workflows for node in workflow.model_nodes]
    prompts = [chars for workflow in workflows for chars in workflow.system_prompts]
    by_minute = [workflow for workflow in workflows if workflow.is_minute_level]
    models = Counter(node.model for node in nodes)
    return Inventory(
        workflows=len(workflows),
        with_llm=sum(bool(workflow.model_nodes) for workflow in workflows),
        active=sum(workflow.is_active is True for workflow in workflows),
        scheduled=sum(bool(workflow.schedules) for workflow in workflows),
        minute_level_schedule=len(by_minute),
        minute_level_and_llm=sum(bool(workflow.model_nodes) for workflow in by_minute),
        llm_nodes=len(nodes),
        llm_nodes_with_max_tokens=sum(node.max_tokens is not None for node in nodes),
        llm_nodes_with_other_limit=sum(node.limit is not None for node in nodes),
        models=tuple(sorted(models.items(), key=lambda item: (-item[1], item[0] or ""))),
        system_prompts=len(prompts),
        system_prompt_chars_median=median_low(prompts) if prompts else None,
        system_prompt_chars_max=max(prompts, default=None),
    )


def _workflow(record: JsonObject, path: Path) -> Workflow:
    nodes = list(workflow_nodes(record))
    active = record.get("active")
    schedules = [schedule_of(node) for node in nodes]
    return Workflow(
        name=text(record.get("name")) or path.stem,
        file=str(path),
        is_active=active if isinstance(active, bool) else None,
        model_nodes=tuple(_model_node(n) for n in nodes if n.kind in ("model", "vendor")),
        system_prompts=tuple(len(prompt) for node in nodes for prompt in _system_prompts(node)),
        schedules=tuple(schedule for schedule in schedules if schedule is not None),
    )


def _model_node(node: WorkflowNode) -> ModelNode:
    stated = node.options.get("maxTokens")
    number = stated if isinstance(stated, int) and not isinstance(stated, bool) else None
    others = [node.options.get(key) for key in _OTHER_LIMITS]
    limits = [
        value for value in (None if number is not None else stated, *others) if value is not None
    ]
    return ModelNode(
        name=node.name,
        type=node.short_type,
        provider=node.provider,
        model=node.stated_model,
        max_tokens=number,
        limit=text(limits[0]) if limits else None,
    )


def _system_prompts(node: WorkflowNode) -> Iterator[str]:
    for key in _SYSTEM_OPTIONS:
        stated = node.options.get(key)
        if isinstance(stated, str) and stated.strip():
            yield stated
    for parameter, inner, words, role_of_none in _MESSAGE_LISTS:
        for item in as_list(as_object(node.parameters.get(parameter)).get(inner)):
            message = as_object(item)
            role = text(message.get("role")) or text(message.get("type")) or role_of_none
            said = message.get(words)
            if role in _SYSTEM_ROLES and isinstance(said, str) and said.strip():
                yield said

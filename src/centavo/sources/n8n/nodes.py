"""Nodes of an n8n workflow: which call a model, whose, and with which settings.

n8n stores a parameter only where it differs from the node's default, and marks an expression by a
leading ``=``. Source: packages/@n8n/nodes-langchain of github.com/n8n-io/n8n.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from centavo.sources.record_values import JsonObject, as_list, as_object, is_object, text
from centavo.sources.requests.model_endpoints import provider_name

__all__ = ["NodeKind", "WorkflowNode", "workflow_nodes"]

NodeKind = Literal["model", "vendor", "embeddings", "other"]

_MODEL_TYPE = re.compile(r"lm(?:Chat|Open)?([A-Z]\w*)")
_VENDOR_TYPES = frozenset({"openAi", "anthropic", "googleGemini", "ollama"})
_MODEL_KEYS = ("model", "modelId", "modelName")
# Names in node types that are not the provider's own.
_PROVIDERS = {
    "openai": "openai",
    "ai": "openai",
    "azureopenai": "azure",
    "googlegemini": "google",
    "googlevertex": "google",
    "awsbedrock": "aws",
    "mistralcloud": "mistral",
    "xaigrok": "x-ai",
    "huggingfaceinference": "huggingface",
    "openhuggingfaceinference": "huggingface",
}


@dataclass(frozen=True)
class WorkflowNode:
    """One node as a workflow holds it.

    Attributes:
        name: The user's name for it, unique in its workflow.
        type: ``@n8n/n8n-nodes-langchain.lmChatOpenAi``.
        parameters: As stored.
    """

    name: str
    type: str
    parameters: JsonObject

    @property
    def short_type(self) -> str:
        """Return the type without its package."""
        return self.type.rpartition(".")[2]

    @property
    def kind(self) -> NodeKind:
        """Return how the node calls a model, if it does.

        A ``model`` serves an agent or a chain; a ``vendor`` node calls by itself.
        """
        if _MODEL_TYPE.match(self.short_type):
            return "model"
        if self.short_type in _VENDOR_TYPES:
            return "vendor"
        return "embeddings" if self.short_type.startswith("embeddings") else "other"

    @property
    def provider(self) -> str | None:
        """Return the provider that the type names."""
        found = _MODEL_TYPE.match(self.short_type)
        name = found[1] if found else self.short_type.removeprefix("embeddings")
        plain = name.lower()
        if self.kind == "other":
            return None
        return _PROVIDERS.get(plain) or provider_name(plain)

    @property
    def options(self) -> JsonObject:
        """Return the collection of further settings."""
        return as_object(self.parameters.get("options"))

    @property
    def stated_model(self) -> str | None:
        """Return the model as stored, expressions too; ``None`` = the node's default."""
        for key in _MODEL_KEYS:
            value = self.parameters.get(key)
            # A list to choose from stores what was chosen as its value.
            stated = text(value.get("value")) if is_object(value) else text(value)
            if stated is not None:
                return stated
        return None

    @property
    def model(self) -> str | None:
        """Return the model where it does not depend on the data; ``None`` otherwise."""
        stated = self.stated_model
        if stated is None or "{{" in stated:
            return None
        return stated.removeprefix("=")


def workflow_nodes(workflow: JsonObject) -> Iterator[WorkflowNode]:
    """Yield the nodes of a workflow; what is no node is left out."""
    for item in as_list(workflow.get("nodes")):
        node = as_object(item)
        name, kind = text(node.get("name")), text(node.get("type"))
        if kind is not None:
            yield WorkflowNode(name or kind, kind, as_object(node.get("parameters")))

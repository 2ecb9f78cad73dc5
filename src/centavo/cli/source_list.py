"""The sources there are: built-in ones, by what their files look like, and those of other packages.

A source is imported when a file comes that it might read: importing all thirty takes longer than
reading a day's bill.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Literal, cast

from centavo.sources.source import Probe, Source

__all__ = ["all_sources", "sources_for"]

Shape = Literal["json", "parquet", "text"]

_JSON: tuple[Shape, ...] = ("json",)
_TEXT: tuple[Shape, ...] = ("text",)
_TABLE: tuple[Shape, ...] = ("parquet", "text")
_JSON_OR_TEXT: tuple[Shape, ...] = ("json", "text")
_ANY: tuple[Shape, ...] = ("json", "parquet", "text")


@dataclass(frozen=True)
class _BuiltIn:
    """A source's class, or a function that returns several, and what their files may look like."""

    place: str
    shapes: tuple[Shape, ...]


# Formats of which folders hold hundreds of files come first: a source that is sure ends the search.
_BUILT_IN: tuple[_BuiltIn, ...] = (
    _BuiltIn("claude_code:ClaudeCodeSource", _JSON),
    _BuiltIn("codex:CodexSource", _JSON),
    _BuiltIn("focus.source:FocusSource", _ANY),
    _BuiltIn("focus_datasets:focus_dataset_sources", _ANY),
    _BuiltIn("gcp.source:GcpBillingSource", _ANY),
    _BuiltIn("aws.source:AwsReportSource", _ANY),
    _BuiltIn("azure:AzureCostSource", _TABLE),
    _BuiltIn("oci:OracleCostSource", _TEXT),
    _BuiltIn("vendor_reports.reports:vendor_report_sources", _JSON),
    _BuiltIn("requests.source:RequestLogSource", _JSON_OR_TEXT),
    _BuiltIn("litellm:LiteLlmSource", _JSON_OR_TEXT),
    _BuiltIn("langfuse:LangfuseSource", _JSON),
    _BuiltIn("helicone:HeliconeSource", _JSON_OR_TEXT),
    _BuiltIn("openrouter:OpenRouterSource", _JSON_OR_TEXT),
    _BuiltIn("openrouter:OpenRouterActivitySource", _JSON_OR_TEXT),
    _BuiltIn("otel:OtelSource", _JSON),
    _BuiltIn("aider:AiderAnalyticsSource", _JSON),
    _BuiltIn("aider_chat:AiderChatSource", _TEXT),
    _BuiltIn("aider_attempts:AiderAttemptsSource", _JSON),
    _BuiltIn("swe_agent:SweAgentSource", _JSON),
    _BuiltIn("swe_agent:MiniSweAgentSource", _JSON),
    _BuiltIn("openai_logs:OpenAiLogsSource", _JSON),
    _BuiltIn("tau_bench:TauBenchSource", _JSON),
    _BuiltIn("n8n.source:N8nSource", _JSON),
    _BuiltIn("seqera:SeqeraRunSource", _JSON),
    _BuiltIn("azure_llm:AzureLlmTraceSource", _TEXT),
    _BuiltIn("servegen.source:ServeGenSource", _JSON_OR_TEXT),
    _BuiltIn("resources:ResourceSamplesSource", _TEXT),
)


def sources_for(probe: Probe) -> Iterator[Source]:
    """Yield the built-in sources that might read such a file, then those of other packages."""
    shape = _shape(probe)
    for entry in _BUILT_IN:
        if shape in entry.shapes:
            yield from _loaded(entry)
    yield from _others()


@cache
def all_sources() -> tuple[Source, ...]:
    """Return every source, bills first."""
    built_in = [source for entry in _BUILT_IN for source in _loaded(entry)]
    return (*sorted(built_in, key=lambda source: source.table != "charges"), *_others())


@cache
def _loaded(entry: _BuiltIn) -> Sequence[Source]:
    module, _, name = entry.place.partition(":")
    made = getattr(import_module(f"centavo.sources.{module}"), name)()
    return cast("tuple[Source, ...]", made) if isinstance(made, tuple) else (made,)


@cache
def _others() -> Sequence[Source]:
    return [point.load()() for point in entry_points(group="centavo.sources")]


def _shape(probe: Probe) -> Shape:
    if probe.columns and not probe.head:
        return "parquet"
    return "json" if probe.head.lstrip("\ufeff \t\r\n").startswith(("{", "[")) else "text"

"""What is asked of OpenAI's and Anthropic's organization APIs, report by report.

Days are UTC, 31 to a page. Sources: platform.openai.com/docs/api-reference/usage;
platform.claude.com/docs/en/manage-claude/usage-cost-api.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from centavo.sources.page_spool import PagedRequest

__all__ = ["ANTHROPIC", "OPENAI", "LiveReport", "Vendor", "claude_code_reports"]

_DAYS_A_PAGE = "31"
_ANTHROPIC_VERSION = "2023-06-01"


@dataclass(frozen=True)
class LiveReport:
    """A request and the source that reads its pages.

    Attributes:
        source: Name of the source.
        request: The request.
        replaces_days: Whether its rows are a bill, replaced day by day, and not row by row.
    """

    source: str
    request: PagedRequest
    replaces_days: bool = False


@dataclass(frozen=True)
class Vendor:
    """A vendor with an organization API.

    Attributes:
        name: Of the command and of the folder: ``openai``.
        title: For messages: ``OpenAI``.
        url: Base address.
        key_name: Environment variable of the admin key.
        headers: The request's headers for a key.
        reports: The reports of the days from ``since`` up to, not including, ``until``.
    """

    name: str
    title: str
    url: str
    key_name: str
    headers: Callable[[str], Mapping[str, str]]
    reports: Callable[[date, date], tuple[LiveReport, ...]]


# (folder, path below /v1/organization/usage, what to group by). Not by user: who used a key is
# nobody's cost question, and would multiply the rows.
_OPENAI_USAGE: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("completions", "completions", ("project_id", "api_key_id", "model", "batch", "service_tier")),
    ("embeddings", "embeddings", ("project_id", "api_key_id", "model")),
    ("moderations", "moderations", ("project_id", "api_key_id", "model")),
    ("images", "images", ("project_id", "api_key_id", "model", "size", "source")),
    ("audio_speeches", "audio_speeches", ("project_id", "api_key_id", "model")),
    ("audio_transcriptions", "audio_transcriptions", ("project_id", "api_key_id", "model")),
    ("vector_stores", "vector_stores", ("project_id",)),
    ("code_interpreter_sessions", "code_interpreter_sessions", ("project_id",)),
    ("file_searches", "file_search_calls", ("project_id", "api_key_id", "vector_store_id")),
    ("web_searches", "web_search_calls", ("project_id", "api_key_id", "model", "context_level")),
)


def _openai_reports(since: date, until: date) -> tuple[LiveReport, ...]:
    window = (("start_time", _epoch(since)), ("end_time", _epoch(until)))

    def asked(name: str, path: str, groups: tuple[str, ...], *, optional: bool) -> PagedRequest:
        params = (*window, ("bucket_width", "1d"), ("limit", _DAYS_A_PAGE), *_grouped(groups))
        header = "openai-organization"
        return PagedRequest(name, f"/v1/organization/{path}", params, header, optional)

    costs = asked("costs", "costs", ("project_id", "line_item", "api_key_id"), optional=False)
    return (
        LiveReport("openai-costs", costs, replaces_days=True),
        *(
            LiveReport("openai-usage", asked(name, f"usage/{path}", groups, optional=True))
            for name, path, groups in _OPENAI_USAGE
        ),
    )


_ANTHROPIC_USAGE_GROUPS = (
    "api_key_id",
    "workspace_id",
    "model",
    "service_tier",
    "context_window",
    "inference_geo",
)


def _anthropic_reports(since: date, until: date) -> tuple[LiveReport, ...]:
    window = (("starting_at", _instant(since)), ("ending_at", _instant(until)))

    def asked(name: str, path: str, groups: tuple[str, ...]) -> PagedRequest:
        params = (*window, ("bucket_width", "1d"), ("limit", _DAYS_A_PAGE), *_grouped(groups))
        return PagedRequest(name, f"/v1/organizations/{path}", params, "anthropic-organization-id")

    costs = asked("costs", "cost_report", ("workspace_id", "description"))
    usage = asked("messages", "usage_report/messages", _ANTHROPIC_USAGE_GROUPS)
    return (
        LiveReport("anthropic-costs", costs, replaces_days=True),
        LiveReport("anthropic-usage", usage),
    )


def claude_code_reports(since: date, until: date) -> tuple[LiveReport, ...]:
    """Return one request for each day: Claude Code's report tells one day at a time."""
    days = (since + timedelta(days=number) for number in range((until - since).days))
    return tuple(
        LiveReport(
            "anthropic-claude-code",
            PagedRequest(
                f"claude_code-{day}",
                "/v1/organizations/usage_report/claude_code",
                (("starting_at", day.isoformat()), ("limit", "1000")),
                "anthropic-organization-id",
            ),
        )
        for day in days
    )


OPENAI = Vendor(
    name="openai",
    title="OpenAI",
    url="https://api.openai.com",
    key_name="OPENAI_ADMIN_KEY",
    headers=lambda key: {"authorization": f"Bearer {key}", "accept": "application/json"},
    reports=_openai_reports,
)
ANTHROPIC = Vendor(
    name="anthropic",
    title="Anthropic",
    url="https://api.anthropic.com",
    key_name="ANTHROPIC_ADMIN_KEY",
    headers=lambda key: {
        "x-api-key": key,
        "anthropic-version": _ANTHROPIC_VERSION,
        "accept": "application/json",
    },
    reports=_anthropic_reports,
)


def _grouped(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple(("group_by[]", name) for name in names)


def _epoch(day: date) -> str:
    return str(int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()))


def _instant(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"

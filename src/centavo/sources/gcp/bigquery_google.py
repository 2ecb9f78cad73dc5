"""BigQuery through Google's own client library, of the extra ``centavo[gcp]``.

The library finds the credentials of the environment (Application Default Credentials), runs the
jobs and repeats what fails for a moment. This adapter turns its rows into JSON.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from typing import Protocol, cast

from centavo.errors import ConfigError, ProviderError
from centavo.sources.gcp.bigquery import JsonRow, JsonValue

__all__ = ["GoogleClient", "as_json"]

_PAGE_ROWS = 50_000


class _Field(Protocol):
    name: str


class _Table(Protocol):
    schema: Sequence[_Field]


class _Rows(Protocol):
    pages: Iterable[Iterable[Mapping[str, object]]]


class _Job(Protocol):
    def result(self, *, page_size: int) -> _Rows: ...


class _Library(Protocol):
    """What is used of ``google.cloud.bigquery.Client``."""

    def get_table(self, table: str) -> _Table: ...
    def query(self, query: str, *, job_config: object) -> _Job: ...


class GoogleClient:
    """Answers the queries of the live reader.

    Args:
        project: Project that runs and pays for the queries; the credentials' own when ``None``.

    Raises:
        ConfigError: The library is not installed, or the environment has no credentials.
    """

    def __init__(self, project: str | None = None) -> None:
        try:
            self._bigquery = import_module("google.cloud.bigquery")
            api_errors = import_module("google.api_core.exceptions")
            auth_errors = import_module("google.auth.exceptions")
        except ImportError:
            raise ConfigError(
                "reading from BigQuery needs google-cloud-bigquery",
                hint="Install the extra: pip install 'centavo[gcp]'.",
            ) from None
        auth_error = cast("type[Exception]", auth_errors.GoogleAuthError)
        self._errors = (cast("type[Exception]", api_errors.GoogleAPIError), auth_error)
        try:
            self._client = cast("_Library", self._bigquery.Client(project=project))
        except auth_error as error:
            raise ConfigError(
                f"Google Cloud credentials were not found: {error}",
                hint="Run gcloud auth application-default login, or set "
                "GOOGLE_APPLICATION_CREDENTIALS.",
            ) from None

    def columns(self, table: str) -> Sequence[str]:
        """Return the names of the table's top-level columns."""
        try:
            return [field.name for field in self._client.get_table(table).schema]
        except self._errors as error:
            raise _failed(error) from error

    def query(
        self, sql: str, *, parameters: Mapping[str, date], max_bytes_billed: int
    ) -> Iterator[Sequence[JsonRow]]:
        """Yield the pages of a query's result."""
        scalar = self._bigquery.ScalarQueryParameter
        config = self._bigquery.QueryJobConfig(
            query_parameters=[scalar(name, "DATE", value) for name, value in parameters.items()],
            maximum_bytes_billed=max_bytes_billed,
        )
        try:
            result = self._client.query(sql, job_config=config).result(page_size=_PAGE_ROWS)
            for page in result.pages:
                yield [{name: as_json(value) for name, value in row.items()} for row in page]
        except self._errors as error:
            raise _failed(error) from error


def as_json(value: object) -> JsonValue:
    """Return a value of the library as JSON: numbers as text with every digit, times in UTC."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Mapping):
        pairs = cast("Mapping[str, object]", value)
        return {name: as_json(item) for name, item in pairs.items()}
    if isinstance(value, list | tuple):
        return [as_json(item) for item in cast("Sequence[object]", value)]
    if isinstance(value, datetime):
        aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return aware.isoformat().replace("+00:00", "Z")
    # A float's str is the shortest text that reads back as the same number; a date's is ISO 8601.
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _failed(error: Exception) -> ProviderError:
    return ProviderError(
        f"BigQuery failed: {str(error).splitlines()[0] if str(error) else type(error).__name__}",
        hint="Check the table's name, your access to it, and the limit of bytes billed.",
    )

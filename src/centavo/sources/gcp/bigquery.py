"""Google Cloud Billing read live from BigQuery, one ingestion partition at a time.

Google appends to the export's partitions for days and restates them. A refresh asks for a change
token of each partition (its date, its latest ``export_time``, its number of rows), fetches only
the partitions whose token changed, with an explicit list of columns, and writes each as a file of
JSON lines. ``GcpBillingSource`` reads those files like any other export, so the partition's date
becomes ``x_RestatementDate`` and the ledger replaces exactly that partition.

Credentials come from the environment alone (Application Default Credentials); nothing of them is
written anywhere.
"""

import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Protocol, cast

from centavo.errors import ConfigError, InputError
from centavo.sources.gcp.columns import FIELDS, RECORDS

__all__ = [
    "DEFAULT_MAX_BYTES_BILLED",
    "BigQueryClient",
    "BigQueryExport",
    "ChangeToken",
    "JsonValue",
    "Refresh",
    "RefreshState",
    "refresh",
]

JsonValue = str | int | bool | None | Sequence["JsonValue"] | Mapping[str, "JsonValue"]
JsonRow = Mapping[str, JsonValue]

# Partitions of the last days are looked at again: Google restates them.
RESCAN_DAYS = 10
# BigQuery refuses a query that would bill more: 100 GiB, about 0.6 USD at on-demand prices.
DEFAULT_MAX_BYTES_BILLED = 100 * 1024**3

_TABLE = re.compile(r"[a-z][a-z0-9.:-]*[a-z0-9]\.\w+\.[\w-]+")


class BigQueryClient(Protocol):
    """What this reader needs of BigQuery; two methods, so that a recording can stand in."""

    def columns(self, table: str) -> Sequence[str]:
        """Return the names of the table's top-level columns.

        Raises:
            ProviderError: BigQuery or the network failed.
        """
        ...

    def query(
        self, sql: str, *, parameters: Mapping[str, date], max_bytes_billed: int
    ) -> Iterator[Sequence[JsonRow]]:
        """Yield the pages of a query's result.

        Rows are as JSON: numbers as text with every digit, times in ISO 8601 with ``Z``.

        Args:
            sql: GoogleSQL with named parameters.
            parameters: Values of type DATE.
            max_bytes_billed: BigQuery refuses the query above this.

        Raises:
            ProviderError: BigQuery or the network failed, or the limit is exceeded.
        """
        ...


@dataclass(frozen=True)
class BigQueryExport:
    """One export table and how much of it to read.

    Attributes:
        table: ``project.dataset.gcp_billing_export_resource_v1_XXXXXX_XXXXXX_XXXXXX``.
        rescan_days: Days before the newest known partition that are looked at again.
        max_bytes_billed: Limit for each query.
    """

    table: str
    rescan_days: int = RESCAN_DAYS
    max_bytes_billed: int = DEFAULT_MAX_BYTES_BILLED

    def __post_init__(self) -> None:
        if not _TABLE.fullmatch(self.table):
            raise ConfigError(
                f"{self.table!r} is not the name of a BigQuery table",
                hint="Write project.dataset.table.",
            )


@dataclass(frozen=True)
class ChangeToken:
    """What changes when Google writes to a partition.

    Attributes:
        max_export_time: Latest ``export_time``, as BigQuery wrote it.
        row_count: Rows.
    """

    max_export_time: str
    row_count: int


@dataclass(frozen=True)
class RefreshState:
    """What the last refresh knew; keep it only after the ledger has committed its files."""

    partitions: Mapping[date, ChangeToken] = field(default_factory=dict[date, ChangeToken])

    def as_json(self) -> str:
        """Return the state as JSON text."""
        partitions = {
            day.isoformat(): [token.max_export_time, token.row_count]
            for day, token in sorted(self.partitions.items())
        }
        return json.dumps({"schema": "centavo.gcp_bigquery/1", "partitions": partitions}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> "RefreshState":
        """Return the state that ``as_json`` wrote.

        Raises:
            InputError: The text is not such a state.
        """
        try:
            value = cast("dict[str, dict[str, list[object]]]", json.loads(text))
            return cls(
                {
                    date.fromisoformat(day): ChangeToken(str(time), int(str(rows)))
                    for day, (time, rows) in value["partitions"].items()
                }
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(
                f"the state of the BigQuery reader cannot be read: {error}",
                hint="Delete the state file; the whole export is then read again.",
            ) from None


@dataclass(frozen=True)
class Refresh:
    """What a refresh fetched.

    Attributes:
        files: One gzip file of JSON lines per changed partition, oldest first.
        state: To be kept once the files are in the ledger.
        partitions_seen: Partitions whose change token was looked at.
        rows: Rows fetched.
        unknown_columns: Columns of the table that are not read.
    """

    files: tuple[Path, ...]
    state: RefreshState
    partitions_seen: int
    rows: int
    unknown_columns: tuple[str, ...]


def refresh(
    client: BigQueryClient,
    export: BigQueryExport,
    *,
    spool: Path,
    state: RefreshState,
    now: datetime,
) -> Refresh:
    """Fetch the partitions that changed since ``state`` into files.

    Args:
        client: BigQuery.
        export: The table.
        spool: Folder for the files; made when it is not there. A file of the same partition is
            replaced as a whole.
        state: What the last refresh returned; an empty state reads the whole table.
        now: The clock, aware, UTC.

    Raises:
        InputError: The table lacks a mandatory column.
        ProviderError: BigQuery or the network failed.
    """
    columns, unknown = _columns(client.columns(export.table), export.table)
    since = _since(state, export, now)
    tokens = _tokens(client, export, since)
    changed = [day for day in sorted(tokens) if state.partitions.get(day) != tokens[day]]
    spool.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    rows = 0
    for day in changed:
        path = spool / f"{export.table.rpartition('.')[2]}-{day.isoformat()}.jsonl.gz"
        rows += _fetch(client, export, columns=columns, day=day, path=path)
        files.append(path)
    return Refresh(
        files=tuple(files),
        state=RefreshState({**state.partitions, **tokens}),
        partitions_seen=len(tokens),
        rows=rows,
        unknown_columns=unknown,
    )


def _columns(names: Sequence[str], table: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the table's columns that are read, and those that are not known."""
    known = list(dict.fromkeys(item.record or item.path for item in FIELDS))
    required = {item.record or item.path for item in FIELDS if item.required}
    missing = sorted(required - set(names))
    if missing:
        raise InputError(
            f"the BigQuery table {table} has no column {missing[0]}",
            hint="Name the table that Cloud Billing exports to, not a view of it.",
        )
    wanted = tuple(name for name in known if name in names)
    return wanted, tuple(name for name in names if name not in {*known, *RECORDS})


def _since(state: RefreshState, export: BigQueryExport, now: datetime) -> date:
    """Return the first partition to look at; the beginning of time without a state."""
    if not state.partitions:
        return date(1970, 1, 1)
    newest = min(max(state.partitions), now.date())
    return newest - timedelta(days=export.rescan_days)


def _tokens(client: BigQueryClient, export: BigQueryExport, since: date) -> dict[date, ChangeToken]:
    sql = (
        "SELECT DATE(_PARTITIONTIME) AS partition_date, MAX(export_time) AS max_export_time, "
        f"COUNT(*) AS row_count FROM `{export.table}` "
        "WHERE _PARTITIONTIME >= TIMESTAMP(@since) GROUP BY partition_date ORDER BY partition_date"
    )
    pages = client.query(sql, parameters={"since": since}, max_bytes_billed=export.max_bytes_billed)
    return {
        date.fromisoformat(str(row["partition_date"])): ChangeToken(
            str(row["max_export_time"]), int(str(row["row_count"]))
        )
        for page in pages
        for row in page
    }


def _fetch(
    client: BigQueryClient,
    export: BigQueryExport,
    *,
    columns: Sequence[str],
    day: date,
    path: Path,
) -> int:
    """Write one partition to a file, whole or not at all; return its number of rows."""
    sql = (
        f"SELECT {', '.join(columns)}, DATE(_PARTITIONTIME) AS partition_date "
        f"FROM `{export.table}` WHERE _PARTITIONTIME = TIMESTAMP(@day)"
    )
    pages = client.query(sql, parameters={"day": day}, max_bytes_billed=export.max_bytes_billed)
    rows = 0
    unfinished = path.with_suffix(".part")
    # No file name and no time in the gzip header: the same rows are the same bytes.
    with (
        unfinished.open("wb") as raw,
        gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as stream,
    ):
        for page in pages:
            for row in page:
                stream.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")
                rows += 1
    unfinished.replace(path)
    return rows

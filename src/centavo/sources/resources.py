"""Resource samples: centavo's own CSV of what machines did, one row per resource and interval.

The columns are those of the ledger's ``resource_samples``, found by name in any order; only the
five that say which resource, what and when must be there. Exporters for Prometheus, cloud
monitoring and schedulers write this form.
"""

from collections.abc import Callable, Sequence

import duckdb

from centavo.errors import CentavoError, InputError
from centavo.ledger.engine import sql_text, sql_texts
from centavo.ledger.reading import InputFile, QualityWarning, Reading, Tally
from centavo.ledger.schema import RESOURCE_SAMPLES, SqlType, TableName
from centavo.sources.csv_diagnosis import NULL_TEXTS, ValueKind, diagnose, read_header
from centavo.sources.source import Probe, ReadOptions, Recognition

__all__ = ["ResourceSamplesSource"]

_REQUIRED = ("resource_id", "kind", "metric", "interval_start", "interval_end")
_KINDS: dict[SqlType, ValueKind] = {
    "VARCHAR": "text",
    "DOUBLE": "number",
    "BIGINT": "integer",
    "DECIMAL(38,12)": "decimal",
    "TIMESTAMP": "instant",
}
_OWN = {"source", "batch_id", "attribution_method", "attribution_confidence"}
_TYPES: dict[str, SqlType] = {
    column.name: column.type for column in RESOURCE_SAMPLES if column.name not in _OWN
}


class ResourceSamplesSource:
    """Reads resource samples into ``resource_samples``."""

    name = "resources"
    table: TableName = "resource_samples"
    version = 1

    def recognise(self, probe: Probe) -> Recognition | None:
        """Say yes to a CSV whose header names a resource, a metric and an interval."""
        if set(_REQUIRED) <= set(probe.columns):
            return Recognition(0.95, f"its header has {', '.join(_REQUIRED)}")
        return None

    def read(
        self,
        connection: duckdb.DuckDBPyConnection,  # noqa: ARG002 -- the protocol's signature; a scan needs nothing registered
        files: Sequence[InputFile],
        options: ReadOptions,
    ) -> Reading:
        """Return the files' rows; a malformed value ends the reading, or is left out if asked."""
        tally = Tally()
        selects = [_select(file, tally, skip_bad=options.skip_bad) for file in files]
        return Reading(self.table, " UNION ALL BY NAME ".join(selects), tally, _explain(files))


def _select(file: InputFile, tally: Tally, *, skip_bad: bool) -> str:
    header = read_header(file.path, name=file.name)
    missing = [name for name in _REQUIRED if name not in header.columns]
    if missing:
        raise InputError(
            f"{file.name} has no column {', '.join(missing)}",
            hint=f"Its columns are {', '.join(header.columns)}.",
        )
    unknown = [name for name in header.columns if name not in _TYPES]
    if unknown:
        tally.warnings.append(
            QualityWarning(
                "unknown_columns", f"{file.name}: columns not read: {', '.join(unknown)}", 0
            )
        )
    columns = ", ".join(f"{sql_text(name)}: 'VARCHAR'" for name in header.columns)
    scan = (
        f"read_csv({sql_text(str(file.path))}, columns = {{{columns}}}, header = true,"
        f" auto_detect = false, delim = {sql_text(header.delimiter)}, quote = '\"', escape = '\"',"
        f" nullstr = {sql_texts(list(NULL_TEXTS))}, compression = '{header.compression}')"
    )
    known = [name for name in header.columns if name in _TYPES]
    shown = ", ".join(f'{_cast(name)} AS "{name}"' for name in known)
    select = f"SELECT 'resources' AS source, '{file.batch_id}' AS batch_id, {shown} FROM {scan}"
    if skip_bad:
        good = " AND ".join(
            f'("{name}" IS NULL OR TRY_CAST("{name}" AS {_TYPES[name]}) IS NOT NULL)'
            for name in known
        )
        present = " AND ".join(f'"{name}" IS NOT NULL' for name in _REQUIRED)
        select += f" WHERE {good} AND {present}"
    return select


def _cast(name: str) -> str:
    kind = _TYPES[name]
    if kind == "VARCHAR":
        return f'"{name}"'
    if kind == "TIMESTAMP":
        # Through TIMESTAMPTZ an offset is honoured; without one the session's zone, UTC, holds.
        return f'make_timestamp(epoch_us(CAST("{name}" AS TIMESTAMPTZ)))'
    return f'CAST("{name}" AS {kind})'


def _explain(files: Sequence[InputFile]) -> Callable[[duckdb.Error], CentavoError]:
    kinds: dict[str, ValueKind] = {name: _KINDS[kind] for name, kind in _TYPES.items()}

    def explain(error: duckdb.Error) -> CentavoError:
        for file in files:
            header = read_header(file.path, name=file.name)
            present: dict[str, ValueKind] = {
                name: kind for name, kind in kinds.items() if name in header.columns
            }
            problem = diagnose(file.path, name=file.name, kinds=present, required=_REQUIRED)
            if problem is not None:
                return problem
        return InputError(f"{files[0].name} cannot be read: {error}")

    return explain

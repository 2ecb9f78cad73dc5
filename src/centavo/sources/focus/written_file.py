"""A FOCUS file to be written: CSV, gzip CSV or Parquet, with values as FOCUS writes them."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from centavo.errors import ConfigError
from centavo.ledger.column import Column
from centavo.ledger.engine import sql_text

__all__ = ["FocusFile"]

_FORMATS: dict[str, str] = {
    ".csv": "FORMAT csv, HEADER",
    ".csv.gz": "FORMAT csv, HEADER, COMPRESSION gzip",
    ".parquet": "FORMAT parquet, COMPRESSION zstd",
}


@dataclass(frozen=True)
class FocusFile:
    """A file whose suffix says its format.

    Attributes:
        out: The file.
    """

    out: Path

    def __post_init__(self) -> None:
        """Refuse a name that says no format."""
        self._suffix()

    def value(self, column: Column) -> str:
        """Return the SQL of a ledger column's value as it stands in the file."""
        name = column.name
        is_text = self._suffix() != ".parquet"
        if column.type == "TIMESTAMP":
            if not is_text:
                # Parquet then says that the time is UTC.
                return f"{name} AT TIME ZONE 'UTC'"
            whole = f"strftime({name}, '%Y-%m-%dT%H:%M:%SZ')"
            fraction = f"strftime({name}, '%Y-%m-%dT%H:%M:%S.%fZ')"
            return f"CASE WHEN microsecond({name}) % 1000000 = 0 THEN {whole} ELSE {fraction} END"
        if is_text and column.type.startswith("DECIMAL"):
            return f"rtrim(rtrim(CAST({name} AS VARCHAR), '0'), '.')"
        return name

    def write(self, connection: duckdb.DuckDBPyConnection, select: str) -> None:
        """Write the rows; the file appears when it is complete.

        Raises:
            ConfigError: It cannot be written.
        """
        partial = self.out.with_name(f".{self.out.name}.partial")
        try:
            connection.execute(
                f"COPY ({select}) TO {sql_text(str(partial))} ({_FORMATS[self._suffix()]})"
            )
            partial.replace(self.out)
        except (duckdb.IOException, OSError) as error:
            partial.unlink(missing_ok=True)
            raise ConfigError(
                f"{self.out} cannot be written: {str(error).splitlines()[0]}",
                hint="Check that the folder exists, may be written and has room.",
            ) from error

    def _suffix(self) -> str:
        for suffix in _FORMATS:
            if self.out.name.lower().endswith(suffix):
                return suffix
        raise ConfigError(
            f"{self.out.name} does not say which format to write",
            hint=f"End the name with one of {', '.join(_FORMATS)}.",
        )

"""LiteLLM_SpendLogs in PostgreSQL, through psycopg of the extra ``centavo[postgres]``.

The address and the password come from the environment alone: ``CENTAVO_LITELLM_DSN``, or libpq's
own variables (``PGHOST``, ``PGDATABASE``, ``PGUSER``, ``PGPASSWORD``, ``PGSERVICE`` …). Nothing of
them is written anywhere. The session only reads.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from centavo.errors import ConfigError, ProviderError
from centavo.sources.litellm.live_rows import LiveRow, Position
from centavo.sources.secrets import redact

__all__ = ["DSN_NAME", "PostgresTable"]

DSN_NAME = "CENTAVO_LITELLM_DSN"
_LIBPQ = ("PGHOST", "PGHOSTADDR", "PGDATABASE", "PGSERVICE", "PGUSER")
_FETCHED_AT_ONCE = 5_000
_CONNECT_TIMEOUT_S = 20


class PostgresTable:
    """The table, read with a server-side cursor.

    Args:
        table: Its name, with schema where it is not on the search path: ``public.X``.
        environment: Where the address is taken from.

    Raises:
        ConfigError: The library is not installed, or the environment names no database.
        ProviderError: The database cannot be reached.
    """

    def __init__(self, table: str, environment: Mapping[str, str]) -> None:
        try:
            self._psycopg: Any = import_module("psycopg")
            self._sql: Any = import_module("psycopg.sql")
        except ImportError:
            raise ConfigError(
                "reading LiteLLM's database needs the library psycopg",
                hint="Install it with: pip install 'centavo[postgres]'",
            ) from None
        dsn = environment.get(DSN_NAME, "").strip()
        if not dsn and not any(environment.get(name) for name in _LIBPQ):
            raise ConfigError(
                f"{DSN_NAME} is not set",
                hint="Set it to postgresql://user:password@host/database, or set PGHOST, "
                "PGDATABASE, PGUSER and PGPASSWORD. A role that may only read is enough.",
            )
        self._table = table
        with self._spoken():
            self._connection = self._psycopg.connect(
                dsn, connect_timeout=_CONNECT_TIMEOUT_S, application_name="centavo"
            )
            self._connection.read_only = True
            self._connection.execute("SET TIME ZONE 'UTC'")
            self._connection.commit()

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    @property
    def identity(self) -> str:
        """Host, port, database and table, without user or password."""
        info = self._connection.info
        return f"{info.host}:{info.port}/{info.dbname}/{self._table}"

    def columns(self) -> Sequence[str]:
        """Return the names of the table's columns.

        Raises:
            ProviderError: The database or the network failed.
        """
        with self._spoken(), self._connection.transaction():
            cursor = self._connection.execute(
                self._sql.SQL("SELECT * FROM {} LIMIT 0").format(self._identifier())
            )
            return [column.name for column in cursor.description or ()]

    def rows(
        self, columns: Sequence[str], *, after: Position | None, limit: int
    ) -> Iterator[LiveRow]:
        """Yield the rows that come after a place, in order, at most ``limit``.

        Raises:
            ProviderError: The database or the network failed.
        """
        query = self._query(columns, after)
        values = {"limit": limit}
        if after is not None:
            values |= {"start": after.start_time, "id": after.request_id}
        with (
            self._spoken(),
            self._connection.transaction(),
            self._connection.cursor(name="centavo_spend_logs") as cursor,
        ):
            cursor.itersize = _FETCHED_AT_ONCE
            cursor.execute(query, values)
            for start, identity, text in cursor:
                yield LiveRow(Position(start, identity), text)

    def _query(self, columns: Sequence[str], after: Position | None) -> Any:  # noqa: ANN401 -- psycopg's Composed
        sql = self._sql
        where = sql.SQL("")
        if after is not None:
            where = sql.SQL('WHERE ("startTime", request_id) > (%(start)s, %(id)s) ')
        return sql.SQL(
            "SELECT (\"startTime\" AT TIME ZONE 'UTC')::timestamptz AT TIME ZONE 'UTC', "
            "request_id, row_to_json(kept)::text "
            "FROM (SELECT {columns} FROM {table} {where}"
            'ORDER BY "startTime", request_id LIMIT %(limit)s) AS kept'
        ).format(
            columns=sql.SQL(", ").join(map(sql.Identifier, columns)),
            table=self._identifier(),
            where=where,
        )

    def _identifier(self) -> Any:  # noqa: ANN401 -- psycopg's Identifier
        return self._sql.Identifier(*self._table.split("."))

    @contextmanager
    def _spoken(self) -> Generator[None]:
        """Turn psycopg's errors into one that names no secret.

        Raises:
            ProviderError: PostgreSQL refused, or the network failed.
        """
        try:
            yield
        except self._psycopg.Error as error:
            said = redact(str(error).strip().splitlines()[0] if str(error).strip() else repr(error))
            raise ProviderError(
                f"PostgreSQL: {said[0]}",
                hint=f"Check {DSN_NAME} or the PG… variables, and that the role may read "
                f"{self._table}.",
            ) from None

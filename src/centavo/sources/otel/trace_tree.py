"""How the spans of a reading hang together: who called whom, over all of its files.

A framework's span around a provider's span states the same tokens once more; a gateway's span under
an application's span is the same call seen twice. Only the innermost call of a model counts. Who
made it, and on which route, stands further up, and is taken from there.
"""

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

import duckdb

from centavo.sources.arrow import arrow
from centavo.sources.otel.spans import Span

__all__ = ["Settled", "TraceTree"]


@dataclass(frozen=True)
class Settled:
    """What the tree of a reading told.

    Attributes:
        repeated: Rows taken out, by batch id.
        unseen_sums: Spans of agents and workflows that state tokens although no call of a model
            stands in their trace.
    """

    repeated: Counter[str] = field(default_factory=Counter[str])
    unseen_sums: int = 0


class _Columns:
    """Columns of one table of links: numbers in 8 bytes each, and texts."""

    def __init__(self, *numbers: str, texts: Sequence[str] = ()) -> None:
        self._values: Mapping[str, array[int] | list[str]] = {
            **{name: array("Q") for name in numbers},
            **{name: list[str]() for name in texts},
        }

    def append(self, *values: int | str) -> None:
        for column, value in zip(self._values.values(), values, strict=True):
            column.append(value)  # pyright: ignore[reportArgumentType] -- in the order of the names

    def __len__(self) -> int:
        return len(next(iter(self._values.values())))

    def store(self, connection: duckdb.DuckDBPyConnection, table: str) -> None:
        pa = arrow()
        arrays = {
            name: pa.array(column, pa.string() if isinstance(column, list) else pa.uint64())
            for name, column in self._values.items()
        }
        connection.register("otel_arrow", pa.table(arrays))
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT DISTINCT * FROM otel_arrow"
        )
        connection.unregister("otel_arrow")


class TraceTree:
    """Remembers the links of every span in 32 bytes, and answers once all are known."""

    def __init__(self) -> None:
        self._links = _Columns("trace", "span", "parent", "is_tool")
        self._calls = _Columns("trace", "span", "parent", texts=["event_id"])
        self._routes = _Columns("trace", "span", texts=["route"])
        self._resent = _Columns("trace", "span", "resent")
        self._sums = _Columns("trace", "span")

    def add(self, span: Span, *, is_tool: bool) -> None:
        """Remember a span; one without ids has no links."""
        if (place := _place(span)) is not None:
            trace, own, parent = place
            self._links.append(trace, own, parent, int(is_tool))

    def add_call(self, span: Span, event_id: str) -> None:
        """Remember that a span is a call of a model."""
        if (place := _place(span)) is not None:
            self._calls.append(*place, event_id)

    def add_route(self, span: Span, route: str) -> None:
        """Remember the route that a span serves: calls below it have it as their endpoint."""
        if (place := _place(span)) is not None:
            self._routes.append(*place[:2], route)

    def add_resent(self, span: Span, resent: int) -> None:
        """Remember that a span sends a request again: the call above it is at a later attempt."""
        place = _place(span)
        if place is not None and place[2]:
            self._resent.append(place[0], place[2], resent)

    def add_sum(self, span: Span) -> None:
        """Remember a span that is no call of a model and yet states tokens."""
        if (place := _place(span)) is not None:
            self._sums.append(*place[:2])

    def settle(self, connection: duckdb.DuckDBPyConnection) -> Settled:
        """Complete the rows staged in ``otel_rows``, and take out what is counted below."""
        for table, columns in (
            ("otel_links", self._links),
            ("otel_calls", self._calls),
            ("otel_routes", self._routes),
            ("otel_resent", self._resent),
            ("otel_sums", self._sums),
        ):
            columns.store(connection, table)
        for step in ("above", "attempts", "routes", "pairs", "application"):
            connection.execute(_sql(step))
        gone: list[tuple[str, int]] = connection.execute(
            "SELECT batch_id, count(*) FROM otel_rows JOIN otel_gone USING (event_id) GROUP BY ALL"
        ).fetchall()
        connection.execute("DELETE FROM otel_rows WHERE event_id IN (FROM otel_gone)")
        unseen = connection.execute(
            "SELECT count(*) FROM otel_sums WHERE trace NOT IN (SELECT trace FROM otel_calls)"
        ).fetchone()
        return Settled(Counter(dict(gone)), unseen[0] if unseen else 0)


def _place(span: Span) -> tuple[int, int, int] | None:
    # Half of a trace id tells traces apart as well as the whole does, at these numbers.
    if span.trace_id is None or span.span_id is None:
        return None
    parent = int(span.parent_id, 16) if span.parent_id else 0
    return int(span.trace_id[16:], 16), int(span.span_id, 16), parent


def _sql(step: str) -> str:
    return files("centavo.sources.otel").joinpath("sql", f"{step}.sql").read_text(encoding="utf-8")

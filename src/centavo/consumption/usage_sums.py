"""Usage that comes as sums over intervals: requests, tokens within bounds, and what the meter says it cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from importlib.resources import files
from typing import Literal, cast

from centavo.consumption.dimensions import EVENT_DIMENSIONS, filter_sql, key_columns
from centavo.consumption.units import UnitQuestion
from centavo.errors import ConfigError, LedgerError
from centavo.ledger.coverage import Coverage, coverage_of
from centavo.ledger.ledger import Ledger

__all__ = ["SumsReport", "UsageSum", "usage_sums"]


@dataclass(frozen=True)
class UsageSum:
    """Sums of one combination of dimensions, one meter, level, operation and currency.

    Attributes:
        key: Value by dimension; ``None`` where nobody stated one.
        source: The meter.
        basis: Whether the vendor reports it or a meter of one's own counted it.
        operation: ``chat``, ``embeddings`` …; ``None`` where the meter does not say.
        intervals: Rows of the ledger behind it.
        first_start: Start of the first interval, naive UTC.
        last_end: End of the last, excluded.
        requests: ``None`` where the meter does not count them.
        error_requests: Of which failed; ``None`` where the meter does not say.
        cache_read_tokens: ``None`` where no interval states them.
        input_tokens: All input, at least and at most; equal where it is known. ``None`` at most: some
            interval has no bound.
        output_tokens: All output, likewise.
        reported_cost: What the meter says it cost; ``None`` when it says nothing.
        currency: Of it; empty when there is none.
        requests_with_cost: Requests of the intervals that state a cost.
        intervals_without_cost: Intervals that state none.
    """

    key: Mapping[str, str | None]
    source: str
    basis: Literal["vendor_reported", "metered"]
    operation: str | None
    intervals: int
    first_start: datetime
    last_end: datetime
    requests: int | None
    error_requests: int | None
    cache_read_tokens: Decimal | None
    input_tokens: tuple[Decimal | None, Decimal | None]
    output_tokens: tuple[Decimal | None, Decimal | None]
    reported_cost: Decimal | None
    currency: str
    requests_with_cost: int | None
    intervals_without_cost: int

    @property
    def cost_per_request(self) -> Decimal | None:
        """Over the requests of intervals that state a cost."""
        if self.reported_cost is None or not self.requests_with_cost:
            return None
        return self.reported_cost / self.requests_with_cost


@dataclass(frozen=True)
class SumsReport:
    """Rows by requests, and what they rest on."""

    rows: tuple[UsageSum, ...]
    coverage: Coverage


def usage_sums(ledger: Ledger, question: UnitQuestion) -> SumsReport:
    """Return the usage that the ledger knows as sums.

    Raises:
        ConfigError: A dimension that such usage does not have.
        LedgerError: The ledger holds none.
    """
    for name in (*question.by, *question.where):
        if name not in EVENT_DIMENSIONS and not name.startswith("tag:"):
            raise ConfigError(
                f"usage sums have no {name!r}",
                hint=f"They know: {', '.join(sorted(EVENT_DIMENSIONS))}, tag:KEY.",
            )
    coverage = coverage_of(ledger, "usage_aggregates")
    if coverage.files == 0:
        raise LedgerError(
            "the ledger holds no usage in sums",
            hint="Usage reports of vendors and traffic traces are such; `centavo units` has requests.",
        )
    text = files("centavo.consumption").joinpath("sql", "usage_sums.sql")
    query = text.read_text(encoding="utf-8").format(
        keys=key_columns(question.by, grain=question.grain, at="interval_start", tags="labels"),
        filter=filter_sql(question.period, question.where, at="interval_start", tags="labels"),
    )
    result = ledger.engine.execute(query)
    names = [str(column[0]) for column in result.description]
    keys = (*(("period",) if question.grain else ()), *question.by)
    rows = [_row(dict(zip(names, row, strict=True)), keys) for row in result.fetchall()]
    return SumsReport(tuple(rows), coverage)


def _row(values: Mapping[str, object], keys: Sequence[str]) -> UsageSum:
    def count(name: str) -> int | None:
        return cast("int | None", values[name])

    def amount(name: str) -> Decimal | None:
        return cast("Decimal | None", values[name])

    return UsageSum(
        key={name: None if values[name] is None else str(values[name]) for name in keys},
        source=str(values["of_source"]),
        basis=cast("Literal['vendor_reported', 'metered']", values["basis"]),
        operation=cast("str | None", values["of_operation"]),
        intervals=count("intervals") or 0,
        first_start=cast("datetime", values["first_start"]),
        last_end=cast("datetime", values["last_end"]),
        requests=count("requests"),
        error_requests=count("error_requests"),
        cache_read_tokens=amount("cache_read_tokens"),
        input_tokens=(amount("input_tokens_low"), amount("input_tokens_high")),
        output_tokens=(amount("output_tokens_low"), amount("output_tokens_high")),
        reported_cost=amount("reported_cost"),
        currency=str(values["currency"]),
        requests_with_cost=count("requests_with_cost"),
        intervals_without_cost=count("intervals_without_cost") or 0,
    )

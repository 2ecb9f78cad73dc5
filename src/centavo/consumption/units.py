"""Unit economics: what a request and a million tokens cost, and what is paid for nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from importlib.resources import files

from centavo.consumption.dimensions import EVENT_DIMENSIONS, filter_sql, key_columns, quoted
from centavo.errors import ConfigError, LedgerError
from centavo.ledger.coverage import Coverage, coverage_of
from centavo.ledger.ledger import Ledger
from centavo.ledger.overlap import merge_meters
from centavo.money import EXACT
from centavo.period import Grain, Period

__all__ = ["UnitQuestion", "UnitReport", "UnitRow", "unit_economics"]

_MILLION = Decimal(1_000_000)


@dataclass(frozen=True)
class UnitRow:
    """Unit economics of one combination of dimensions in one currency.

    Attributes:
        key: Value by dimension; ``None`` where nobody stated one.
        currency: Of every cost here; empty when nothing was priced.
        counts: Requests and tokens as summed, by the names of ``unit_economics.sql``; requests
            without a price are among them where the combination has one currency, and a row of
            their own, without currency, where it has several.
        cost: Cost of the priced requests; ``None`` when none was priced.
        cost_per_request: Over priced requests.
        cost_per_mtok_input: Input cost, caches included, per million input tokens.
        cost_per_mtok_uncached: Input cost without caches, per million uncached input tokens.
        cost_per_mtok_cache_read: Per million tokens read from a cache.
        cost_per_mtok_cache_write: Per million tokens written to a cache, any retention.
        cost_per_mtok_output: Output cost per million output tokens.
        output_per_input: Output tokens for one input token.
        cache_hit_share: Input tokens read from a cache, of all input tokens, 0 to 1.
        error_share: Failed requests of those with a known outcome, 0 to 1.
        error_cost: Paid for failed requests.
        retry_cost: Paid for second and later attempts.
    """

    key: Mapping[str, str | None]
    currency: str
    counts: Mapping[str, int | None]
    cost: Decimal | None
    cost_per_request: Decimal | None
    cost_per_mtok_input: Decimal | None
    cost_per_mtok_uncached: Decimal | None
    cost_per_mtok_cache_read: Decimal | None
    cost_per_mtok_cache_write: Decimal | None
    cost_per_mtok_output: Decimal | None
    output_per_input: Decimal | None
    cache_hit_share: Decimal | None
    error_share: Decimal | None
    error_cost: Decimal | None
    retry_cost: Decimal | None


@dataclass(frozen=True)
class UnitReport:
    """Rows by cost, and what they rest on."""

    rows: tuple[UnitRow, ...]
    coverage: Coverage


@dataclass(frozen=True)
class UnitQuestion:
    """By which dimensions, in which grain, period and filter."""

    by: Sequence[str] = ()
    grain: Grain | None = None
    period: Period = Period()
    where: Mapping[str, str] = field(default_factory=dict[str, str])


def unit_economics(ledger: Ledger, question: UnitQuestion) -> UnitReport:
    """Return the unit economics of the requests in the ledger.

    Raises:
        ConfigError: A dimension that requests do not have.
        LedgerError: The ledger holds no requests.
    """
    for name in (*question.by, *question.where):
        if name not in EVENT_DIMENSIONS and not name.startswith("tag:"):
            raise ConfigError(
                f"requests have no {name!r}",
                hint=f"Unit economics know: {', '.join(sorted(EVENT_DIMENSIONS))}, tag:KEY.",
            )
    coverage = coverage_of(ledger, "usage_events")
    if coverage.files == 0:
        raise LedgerError(
            "the ledger holds no requests",
            hint="Read a request log: `centavo ingest requests.jsonl`.",
        )
    overlap = merge_meters(ledger, question.period)
    coverage = replace(coverage, calls_seen_twice=overlap.calls)
    text = files("centavo.consumption").joinpath("sql", "unit_economics.sql")
    keys = (*(("period",) if question.grain else ()), *question.by)
    query = text.read_text(encoding="utf-8").format(
        names="".join(f"{quoted(name)}, " for name in keys),
        keys=key_columns(question.by, grain=question.grain, at="started_at", tags="labels"),
        filter=filter_sql(question.period, question.where, at="started_at", tags="labels"),
    )
    result = ledger.engine.execute(query)
    names = [str(column[0]) for column in result.description]
    rows = [_row(dict(zip(names, row, strict=True)), keys) for row in result.fetchall()]
    return UnitReport(tuple(rows), coverage)


def _row(values: Mapping[str, object], keys: Sequence[str]) -> UnitRow:
    def count(name: str) -> int | None:
        value = values[name]
        return None if value is None else int(str(value))

    def money(name: str) -> Decimal | None:
        value = values[name]
        return value if isinstance(value, Decimal) else None

    def per_mtok(cost: Decimal | None, tokens: str) -> Decimal | None:
        ratio = _ratio(cost, count(tokens))
        return None if ratio is None else ratio * _MILLION

    cached = [money(name) for name in ("cache_read_cost", "cache_write_cost")]
    uncached = money("input_cost")
    for cost in cached:
        uncached = None if uncached is None or cost is None else EXACT.subtract(uncached, cost)
    counted = {name: count(name) for name in values if name.endswith(("_tokens", "requests"))}
    return UnitRow(
        key={name: None if values[name] is None else str(values[name]) for name in keys},
        currency=str(values["currency"]),
        counts=counted,
        cost=money("cost"),
        cost_per_request=_ratio(money("cost"), count("priced_requests")),
        cost_per_mtok_input=per_mtok(money("input_cost"), "priced_input_tokens"),
        cost_per_mtok_uncached=per_mtok(uncached, "priced_uncached_tokens"),
        cost_per_mtok_cache_read=per_mtok(cached[0], "priced_cache_read_tokens"),
        cost_per_mtok_cache_write=per_mtok(cached[1], "priced_cache_write_tokens"),
        cost_per_mtok_output=per_mtok(money("output_cost"), "priced_output_tokens"),
        output_per_input=_ratio(
            _decimal(count("paired_output_tokens")), count("paired_input_tokens")
        ),
        cache_hit_share=_ratio(_decimal(count("cache_read_tokens")), count("input_tokens")),
        error_share=_ratio(_decimal(count("error_requests")), count("requests_with_outcome")),
        error_cost=money("error_cost"),
        retry_cost=money("retry_cost"),
    )


def _decimal(count: int | None) -> Decimal | None:
    return None if count is None else Decimal(count)


def _ratio(part: Decimal | None, whole: int | None) -> Decimal | None:
    return part / whole if part is not None and whole else None

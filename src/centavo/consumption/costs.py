"""Cost by any combination of dimensions: the answer, its rows, and what they rest on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from centavo.consumption.conversion import RateUse, converted
from centavo.consumption.cost_cells import (
    BASES,
    Basis,
    CostCell,
    CostQuestion,
    cost_cells,
    totals_by_basis,
)
from centavo.consumption.dimensions import filter_sql
from centavo.errors import LedgerError
from centavo.ledger.allocation import Allocation, Usage
from centavo.ledger.coverage import Coverage, coverage_of
from centavo.ledger.exchange import ExchangeRates
from centavo.ledger.ledger import Ledger
from centavo.ledger.overlap import Overlap, merge_meters
from centavo.ledger.schema import TableName
from centavo.money import Money
from centavo.period import Period

__all__ = ["CostMemory", "CostReport", "CostRow", "add_by_currency", "cost_report"]


@dataclass(frozen=True)
class CostRow:
    """Cost of one combination of dimensions in one currency, and the ledger rows behind it."""

    key: Mapping[str, str | None]
    cost: Money
    rows: int


@dataclass(frozen=True)
class CostReport:
    """The answer to a question.

    Attributes:
        question: As asked.
        basis: Evidence level of every amount here.
        rows: By period, then by cost, highest first; one currency each.
        totals: One for each currency, the largest first; the rows add up to them exactly.
        ledger_rows: Ledger rows behind the answer.
        attributed_rows: Of those, rows whose scope is known beyond the project.
        others: Totals of the evidence levels that are not shown.
        notes: What a reader must know: rates used, amounts without a rate, cost not split.
        rates: The exchange rates of the notes.
        coverage: What the figures rest on.
        snapshots: Snapshot of each fact table.
    """

    question: CostQuestion
    basis: Basis
    rows: tuple[CostRow, ...]
    totals: tuple[Money, ...]
    ledger_rows: int
    attributed_rows: int
    others: Mapping[Basis, tuple[Money, ...]]
    notes: tuple[str, ...]
    rates: tuple[RateUse, ...]
    coverage: Coverage
    snapshots: Mapping[TableName, int | None]

    @property
    def total(self) -> Money | None:
        """The one total, or ``None`` when amounts in several currencies remain."""
        return self.totals[0] if len(self.totals) == 1 else None


@dataclass
class CostMemory:
    """What several questions of one ledger at one time have in common: the first fills it.

    Attributes:
        coverages: By table.
        totals: By period, filter and metric, for each evidence level.
        usage: What shared costs are divided by, by period.
    """

    coverages: dict[TableName, Coverage] = field(default_factory=dict[TableName, Coverage])
    totals: dict[str, dict[Basis, tuple[Money, ...]]] = field(
        default_factory=dict[str, dict[Basis, tuple[Money, ...]]]
    )

    usage: dict[Period, Usage] = field(default_factory=dict[Period, Usage])

    def totals_by_basis(
        self, ledger: Ledger, question: CostQuestion
    ) -> dict[Basis, tuple[Money, ...]]:
        """Return the total of each evidence level; the view ``metered_events`` must be there."""
        place = repr((question.period, sorted(question.where.items()), question.metric))
        if place not in self.totals:
            self.totals[place] = totals_by_basis(ledger, question)
        return self.totals[place]

    def measured_usage(self, ledger: Ledger, allocation: Allocation, period: Period) -> Usage:
        """Return what each receiver of shared costs used in a period."""
        if period not in self.usage:
            within = filter_sql(period, {}, at="started_at")
            events = f"SELECT * FROM usage_events WHERE {within}"
            self.usage[period] = allocation.measured_usage(ledger.engine, events=events)
        return self.usage[period]


def cost_report(
    ledger: Ledger,
    question: CostQuestion,
    *,
    allocation: Allocation | None = None,
    rates: ExchangeRates | None = None,
    now: datetime | None = None,
    memory: CostMemory | None = None,
) -> CostReport:
    """Return cost by the question's dimensions, with its coverage.

    Args:
        ledger: Opened at the moment to answer from.
        question: What is asked.
        allocation: Shared costs that are divided among those who use them.
        rates: The user's exchange rates; without them only a bill's own rates convert.
        now: The clock, for what is still preliminary.
        memory: Kept by who asks several questions of one ledger at one time.

    Raises:
        LedgerError: The ledger holds nothing of that evidence level and period.
        ConfigError: A dimension is not known.
    """
    memory = memory or CostMemory()
    overlap = merge_meters(ledger, question.period)
    allocation = allocation or Allocation()
    early, late = _filters(question, allocation)
    available = memory.totals_by_basis(ledger, question)
    reach = memory.totals_by_basis(ledger, replace(question, where=early)) if late else available
    basis = question.basis or next((name for name in BASES if name in (available or reach)), None)
    if basis is None or basis not in reach:
        raise _nothing(question, available, sums=_sums_notes(ledger, question))
    extra = [n for n in dict.fromkeys((*allocation.scopes, *late)) if n not in question.by]
    asked = replace(question, by=(*question.by, *extra), where=early)
    cells = cost_cells(ledger, asked, basis)
    if late and not allocation.by_cost:
        cells = [c for c in cells if _is_in(c, asked, late) or _is_shared(c, asked, allocation)]
    cells, used = _converted(cells, question, rates)
    notes = [each.sentence for each in used]
    if allocation.shared:
        usage = memory.measured_usage(ledger, allocation, question.period)
        cells, divided = _divided(cells, asked, allocation, usage)
        notes += divided
    cells = [cell for cell in cells if _is_in(cell, asked, late)]
    if not cells:
        raise _nothing(question, available, sums=_sums_notes(ledger, question))
    rows = _rows(cells, question)
    return CostReport(
        question=question,
        basis=basis,
        rows=rows,
        totals=add_by_currency(row.cost for row in rows),
        ledger_rows=sum(cell.rows for cell in cells),
        attributed_rows=sum(cell.attributed_rows for cell in cells),
        others={name: totals for name, totals in available.items() if name != basis},
        notes=(*_unknown_notes(cells, question), *_sums_notes(ledger, question), *notes),
        rates=tuple(used),
        coverage=_coverage(ledger, basis, now=now, overlap=overlap, known=memory.coverages),
        snapshots=ledger.snapshot_ids(),
    )


def add_by_currency(amounts: Iterable[Money]) -> tuple[Money, ...]:
    """Return the sum of each currency, the largest first."""
    sums: dict[str, Money] = {}
    for amount in amounts:
        known = sums.get(amount.currency)
        sums[amount.currency] = amount if known is None else known + amount
    return tuple(sorted(sums.values(), key=lambda money: money.amount, reverse=True))


def _converted(
    cells: list[CostCell], question: CostQuestion, rates: ExchangeRates | None
) -> tuple[list[CostCell], list[RateUse]]:
    return converted(cells, question.currency, rates) if question.currency else (cells, [])


def _filters(
    question: CostQuestion, allocation: Allocation
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the filters of the ledger's rows, and those that hold when shared costs are divided.

    Who receives is known then only. A split by cost is measured on everybody's cost, whatever is shown.
    """
    after = question.where if allocation.by_cost else allocation.scopes
    late = {name: value for name, value in question.where.items() if name in after}
    return {name: value for name, value in question.where.items() if name not in late}, late


def _is_in(cell: CostCell, asked: CostQuestion, filters: Mapping[str, str]) -> bool:
    key = dict(zip(asked.keys, cell.key, strict=True))
    return all(key[name] == (value or None) for name, value in filters.items())


def _is_shared(cell: CostCell, asked: CostQuestion, allocation: Allocation) -> bool:
    return allocation.is_shared(dict(zip(asked.keys, cell.key, strict=True)))


def _rows(cells: Sequence[CostCell], question: CostQuestion) -> tuple[CostRow, ...]:
    merged: dict[tuple[tuple[str | None, ...], str], tuple[Money, int]] = {}
    for cell in cells:
        place = (cell.key[: len(question.keys)], cell.cost.currency)
        known = merged.get(place)
        merged[place] = (
            (cell.cost, cell.rows)
            if known is None
            else (known[0] + cell.cost, known[1] + cell.rows)
        )
    rows = [
        CostRow(dict(zip(question.keys, key, strict=True)), cost, count)
        for (key, _), (cost, count) in merged.items()
    ]
    rows.sort(key=lambda row: [value or "" for value in row.key.values()])
    rows.sort(key=lambda row: row.cost.amount, reverse=True)
    if question.grain:
        rows.sort(key=lambda row: row.key["period"] or "")
    return tuple(rows)


def _divided(
    cells: Sequence[CostCell], question: CostQuestion, allocation: Allocation, usage: Usage
) -> tuple[list[CostCell], list[str]]:
    """Return the cells with shared costs divided, and what could not be."""
    rows: list[dict[str, object]] = [
        {
            **dict(zip(question.keys, cell.key, strict=True)),
            "currency": cell.cost.currency,
            "cost": cell.cost.amount,
            "cell": cell,
        }
        for cell in cells
    ]
    split = allocation.split(rows, metrics=["cost"], usage=usage)
    parts: list[CostCell] = []
    seen: set[int] = set()
    for row in split.rows:
        cell, cost = row["cell"], row["cost"]
        assert isinstance(cell, CostCell)
        assert isinstance(cost, Decimal)
        key = tuple(None if row[name] is None else str(row[name]) for name in question.keys)
        # The ledger rows of a divided amount are counted once, with its first part.
        first = id(cell) not in seen
        seen.add(id(cell))
        counted = (cell.rows, cell.unknown_rows, cell.attributed_rows) if first else (0, 0, 0)
        parts.append(CostCell(key, Money(cost, cell.cost.currency), *counted))
    divided = len({row["split"] for row in split.rows if row["split"]})
    notes = [f"Shared costs divided: {divided}, by the rules file."] if divided else []
    notes += [f"Not divided: {n.shared} ({n.reason}, {n.rows:,} rows)." for n in split.not_split]
    return parts, notes


def _unknown_notes(cells: Sequence[CostCell], question: CostQuestion) -> list[str]:
    unknown = sum(cell.unknown_rows for cell in cells)
    if not unknown:
        return []
    return [f"{unknown:,} rows have no {question.metric} cost; it is unknown and in no total."]


def _coverage(
    ledger: Ledger,
    basis: Basis,
    *,
    now: datetime | None,
    overlap: Overlap,
    known: dict[TableName, Coverage],
) -> Coverage:
    from_requests = basis in {"vendor_reported", "estimated"} and not ledger.plans["charges"].files
    table: TableName = "usage_events" if basis == "metered" or from_requests else "charges"
    if table not in known:
        known[table] = coverage_of(ledger, table, now=now)
    if table == "usage_events":
        return replace(known[table], calls_seen_twice=overlap.calls)
    return known[table]


def _sums_notes(ledger: Ledger, question: CostQuestion) -> list[str]:
    """Return what the ledger knows only as sums over intervals, which no cost holds."""
    if not ledger.plans["usage_aggregates"].files:
        return []
    within = filter_sql(question.period, {}, at="interval_start", tags="labels")
    rows = ledger.rows(
        "SELECT source, count(*), coalesce(sum(request_count), 0)::BIGINT "
        f"FROM usage_aggregates WHERE {within} GROUP BY ALL ORDER BY source"
    )
    return [
        f"Known only as sums, and in no cost: {int(str(requests)):,} requests in "
        f"{int(str(count)):,} interval{'' if count == 1 else 's'} from {source} "
        "(`centavo units --sums`)."
        for source, count, requests in rows
    ]


def _nothing(
    question: CostQuestion, available: Mapping[Basis, tuple[Money, ...]], *, sums: Sequence[str]
) -> LedgerError:
    what = f"no {question.basis} cost" if question.basis else "no cost"
    when = (
        " in that period and selection"
        if question.period != type(question.period)() or question.where
        else ""
    )
    have = (
        f"It has: {', '.join(available)}." if available else "`centavo ledger` shows what it holds."
    )
    return LedgerError(f"the ledger holds {what}{when}", hint=" ".join([*sums, have]))

"""From a question to its answer: the cube of the ledger, its causes, and their exact amounts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from centavo.consumption.cost_cells import Basis
from centavo.consumption.root_cause.change import Cause, Change, ChangeReport, FoundBy
from centavo.consumption.root_cause.cube import Cube, Element
from centavo.consumption.root_cause.greedy import largest_movers
from centavo.consumption.root_cause.items import (
    Items,
    available_basis,
    make_cause_items,
    make_items,
    searched_dimensions,
)
from centavo.consumption.root_cause.question import ChangeQuestion, quoted, why_sql
from centavo.consumption.root_cause.search import DEEPEST, search
from centavo.consumption.root_cause.split import Line, Split, split_change
from centavo.ledger.coverage import Coverage, coverage_of
from centavo.ledger.engine import sql_text
from centavo.ledger.exchange import ExchangeRates
from centavo.ledger.ledger import Ledger
from centavo.ledger.overlap import merge_meters
from centavo.money import EXACT, Money
from centavo.period import Period

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Mask = npt.NDArray[np.bool_]

__all__ = ["Named", "explain_change", "find_causes"]

_MOST_CAUSES = 6
# Cells beyond these are summed and never searched; they are the smallest.
_MOST_CELLS = 100_000
# A movement of less than this share of all single changes is true and of no interest.
_LEAST_SHARE = 0.01
# When causes leave less than this, the rest is not asked for more.
_EXPLAINED_SHARE = 0.8
# Dimensions that a person names, where they hold the same cost as the ones that were found.
_PLAIN = ("application", "model", "environment", "charge_category")
# Dimensions where cost that has none is a finding of its own: nobody's cost rose.
_OWNERS = frozenset({"application", "project", "team", "environment", "cost_center", "customer"})
# Nor does a value say anything that nearly all cost has.
_ORDINARY = {"charge_category": "Usage"}
# What one dearer model replaces another within: everything that is not the thing bought.
_GOODS = frozenset(
    {"model", "sku", "service", "service_category", "provider", "token_class", "tier", "cost_type",
     "charge_category"}
)  # fmt: skip


@dataclass(frozen=True)
class Named:
    """A cause in the cube: its element, what its cells share, and how it was found."""

    element: Element
    shared: Element
    found_by: FoundBy


def explain_change(
    ledger: Ledger,
    question: ChangeQuestion,
    *,
    rates: ExchangeRates | None = None,
    now: datetime | None = None,
) -> ChangeReport:
    """Return the causes of the change between the question's two periods.

    Args:
        ledger: Opened at the moment to answer from, with both periods.
        question: What is asked.
        rates: The user's exchange rates.
        now: The clock, for what is still preliminary.

    Raises:
        LedgerError: The ledger holds no such cost in either period.
        ConfigError: A dimension is not known.
    """
    overlap = merge_meters(ledger, _around(question))
    basis = available_basis(ledger, question)
    by = searched_dimensions(ledger, question, basis)
    items = make_items(ledger, question, basis, by=by, rates=rates)
    notes = list(items.notes)
    if items.unknown_rows:
        notes.append(
            f"{items.unknown_rows:,} rows have no {question.metric} cost; it is unknown and in no total."
        )
    coverage = _coverage(ledger, basis, now)
    if basis == "metered":
        coverage = replace(coverage, calls_seen_twice=overlap.calls)
    if items.by_cause:
        notes.append(
            "A large ledger: volume, mix, new and gone are those of each cause as a whole."
        )
    asked = _Asked(ledger, question, basis, items, rates)
    changes = tuple(_change(asked, currency) for currency in items.currencies)
    return ChangeReport(
        question=question,
        basis=basis,
        by=by,
        changes=changes,
        ledger_rows=items.rows,
        attributed_rows=items.attributed_rows,
        notes=tuple(notes),
        coverage=coverage,
        snapshots=ledger.snapshot_ids(),
        names=_sku_names(ledger, changes),
    )


def find_causes(cube: Cube, *, most: int = _MOST_CAUSES) -> list[Named]:
    """Return what moved in a cube, each beside the others, the largest first.

    First the search for elements that moved as one; where that leaves much of the change, the largest
    movers of the rest.
    """
    import numpy as np

    change = np.abs(cube.after - cube.before)
    gross = float(change.sum())
    if gross == 0:
        return []
    found = [
        (cause.element, cause.cells, "pattern")
        for cause in search(cube, deepest=DEEPEST)
        if abs(float((cube.after - cube.before)[cause.cells].sum())) >= _LEAST_SHARE * gross
    ]
    found.sort(key=lambda part: -abs(float((cube.after - cube.before)[part[1]].sum())))
    found = found[:most]
    taken = np.zeros(cube.size, dtype=bool)
    for _, cells, _ in found:
        taken |= cells
    if float(change[taken].sum()) < _EXPLAINED_SHARE * gross:
        movers = largest_movers(cube, taken, deepest=DEEPEST, most=most - len(found))
        found += [(element, cells, "amount" if element else "alike") for element, cells in movers]
    return [_named(cube, element, cells, how) for element, cells, how in found]


def _named(cube: Cube, element: Element, cells: "Mask", how: str) -> Named:
    whole = cube.inside(element)
    if element:
        element = cube.readable(element, whole, names=_PLAIN)
    shared = tuple(pair for pair in cube.shared(cells) if pair not in element) if element else ()
    found_by: FoundBy = "pattern" if how == "pattern" else "amount" if how == "amount" else "alike"
    return Named(element, shared, found_by)


@dataclass(frozen=True)
class _Asked:
    """A question and what was made of it so far."""

    ledger: Ledger
    question: ChangeQuestion
    basis: Basis
    items: Items
    rates: ExchangeRates | None


def _change(asked: _Asked, currency: str) -> Change:
    ledger, items = asked.ledger, asked.items
    names = "".join(f"{quoted(name)}, " for name in items.by)
    in_currency = sql_text(currency)
    table = ledger.engine.sql(
        why_sql("cells", names=names, currency=in_currency, limit=str(_MOST_CELLS))
    ).to_arrow_table()
    nameless = {name: _ORDINARY.get(name) for name in items.by if name not in _OWNERS}
    cube = replace(Cube.of_table(table), nameless=nameless)
    causes = find_causes(cube)
    lines = _lines(asked, causes, in_currency)
    by_cause: list[list[Sequence[object]]] = [[] for _ in range(len(causes) + 1)]
    for line in lines:
        by_cause[int(str(line[0]))].append(line)
    nothing = Named((), (), "remaining")
    *parts, rest = (
        _cause(named, found, currency)
        for named, found in zip([*causes, nothing], by_cause, strict=True)
    )
    total = [rest, *parts]
    zero = Money(Decimal(0), currency)
    parts = [part for part in parts if part.rows]
    parts.sort(key=lambda part: (part.found_by == "alike", -abs(part.change.amount)))
    return Change(
        before=sum((part.before for part in total), zero),
        after=sum((part.after for part in total), zero),
        causes=tuple(parts),
        remaining=rest,
        cells=_cell_count(ledger, names, in_currency),
        cells_searched=cube.size,
    )


def _lines(asked: _Asked, causes: list[Named], currency: str) -> list[tuple[object, ...]]:
    """Return what each cause bought: by cell, or in a large ledger by cause."""
    by, cause = asked.items.by, _cause_sql(causes)
    parts = {
        "names": "".join(f"{quoted(name)}, " for name in by),
        "cause": cause,
        "scope": _scope_sql(by),
        "table": "why_items",
    }
    if asked.items.by_cause:
        make_cause_items(asked.ledger, asked.question, asked.basis, cause=cause, rates=asked.rates)
        parts = {"names": "cause, ", "cause": "cause", "scope": "0", "table": "why_cause_items"}
    return asked.ledger.rows(why_sql("lines", currency=currency, **parts))


def _cause(named: Named, lines: list[Sequence[object]], currency: str) -> Cause:
    read = [_line(line) for line in lines]
    calls = sum(int(str(line[9])) for line in lines), sum(int(str(line[10])) for line in lines)
    tokens = (
        _sum(line.quantity_before for line in read if line.unit == "tokens"),
        _sum(line.quantity_after for line in read if line.unit == "tokens"),
    )
    return Cause(
        element=named.element,
        shared=named.shared,
        found_by=named.found_by,
        before=Money(_sum(line.before for line in read), currency),
        after=Money(_sum(line.after for line in read), currency),
        split=split_change(read) if read else Split(),
        calls=calls if any(calls) else None,
        tokens=tokens if any(tokens) else None,
        rows=sum(int(str(line[11])) for line in lines),
    )


def _line(row: Sequence[object]) -> Line:
    _, scope, unit, state, _, before, after, quantity_before, quantity_after, *_ = row
    return Line(
        before=_amount(before) or Decimal(0),
        after=_amount(after) or Decimal(0),
        quantity_before=None if state == "unmeasured" else _amount(quantity_before),
        quantity_after=None if state == "unmeasured" else _amount(quantity_after),
        unit=None if unit is None else str(unit),
        scope=scope,
        is_new=state == "new",
        is_gone=state == "gone",
    )


def _amount(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    total = Decimal(0)
    for amount in amounts:
        total = EXACT.add(total, amount or Decimal(0))
    return total


def _cause_sql(causes: list[Named]) -> str:
    """Return the number of the cause of a row; the last number is what no cause explains."""
    conditions = [_element_sql(cause.element) for cause in causes]
    cases = " ".join(f"WHEN {sql} THEN {place}" for place, sql in enumerate(conditions))
    return f"CASE {cases} ELSE {len(causes)} END" if cases else "0"


def _element_sql(element: Element) -> str:
    parts = [
        f"{quoted(name)} IS NULL" if value is None else f"{quoted(name)} = {sql_text(value)}"
        for name, value in element
    ]
    return " AND ".join(parts) or "true"


def _scope_sql(by: tuple[str, ...]) -> str:
    scope = [quoted(name) for name in by if name not in _GOODS]
    return f"hash({', '.join(scope)})" if scope else "0"


def _cell_count(ledger: Ledger, names: str, currency: str) -> int:
    keys = names.rstrip(", ") or "1"
    rows = ledger.rows(
        f"SELECT count(*) FROM (SELECT DISTINCT {keys} FROM why_items WHERE currency = {currency})"
    )
    return int(str(rows[0][0]))


def _around(question: ChangeQuestion) -> Period:
    starts = [p.since for p in (question.later, question.earlier) if p.since]
    ends = [p.until for p in (question.later, question.earlier) if p.until]
    return Period(min(starts, default=None), max(ends, default=None))


def _coverage(ledger: Ledger, basis: str, now: datetime | None) -> Coverage:
    from_requests = basis in {"vendor_reported", "estimated"} and not ledger.plans["charges"].files
    if basis == "metered" or from_requests:
        return coverage_of(ledger, "usage_events")
    return coverage_of(ledger, "charges", now=now)


def _sku_names(ledger: Ledger, changes: Sequence[Change]) -> dict[str, str]:
    """Return what the bill calls the SKUs of the causes."""
    skus = {
        value
        for change in changes
        for cause in change.causes
        for name, value in (*cause.element, *cause.shared)
        if name == "sku" and value
    }
    if not skus:
        return {}
    listed = ", ".join(sql_text(sku) for sku in sorted(skus))
    rows = ledger.rows(
        f"SELECT SkuId, max(ChargeDescription) FROM charges WHERE SkuId IN ({listed}) GROUP BY 1"
    )
    return {str(sku): str(text) for sku, text in rows if text}

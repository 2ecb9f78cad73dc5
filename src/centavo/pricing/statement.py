"""The SQL that prices a relation: the named file with the sums of this relation's prices in it."""

import re
from collections.abc import Callable, Iterable, Sequence
from importlib.resources import files

from centavo.ledger.schema import COST_COLUMNS, TOKEN_COLUMNS
from centavo.pricing.event_units import MAIN_COLUMNS, PARTS
from centavo.pricing.price_rows import PriceRows

__all__ = ["price_statement"]

# The main columns without which a price may not be found: a NULL among these makes their | NULL.
_WHOLES = ("input_uncached_tokens", "cache_read_tokens", "output_tokens")
_FINE = "1000000000000::HUGEINT"
_HALF = "500000000000"


def price_statement(relation: str, price_rows: str, rows: PriceRows, *, snapshot_id: str) -> str:
    """Return a SELECT of the relation's columns with the cost columns added or replaced.

    Args:
        relation: A SELECT or the name of a table.
        price_rows: Name of the table that holds ``rows``.
        rows: Prices of every key of the relation.
        snapshot_id: Recorded on every row.
    """
    template = files("centavo.pricing").joinpath("sql/price_events.sql").read_text("utf-8")
    parts = sorted({part for shape in rows.shapes for part in shape.parts})
    counted = (*MAIN_COLUMNS, *parts)
    # Prices finer than the ledger's last digit make the sums 128 bits wide, in 10^-24.
    round_off = _rounded if rows.has_fine_prices else str
    return template.format(
        relation=relation,
        price_rows=price_rows,
        snapshot_id=snapshot_id,
        counts=", ".join(f"coalesce({name}, 0) AS _price_n_{name}" for name in counted),
        main_bits=" | ".join(f"_price_n_{name}" for name in MAIN_COLUMNS),
        all_columns=", ".join(column.name for column in TOKEN_COLUMNS),
        main_columns=", ".join(MAIN_COLUMNS),
        some_part=" OR ".join(f"{part} > 0" for part in PARTS),
        input_tokens=" + ".join(
            f"_price_n_{name}" for name in MAIN_COLUMNS if _direction(name) == "input"
        ),
        names_match=" AND ".join(
            f"{name} IS NOT DISTINCT FROM _price_{name}" for name in rows.telling_names()
        ),
        more_conditions=_more_conditions(rows),
        inconsistent=_by_shape_any([shape.inconsistent for shape in rows.shapes]),
        unstated=_unstated(rows, parts),
        incomplete=_by_shape_any([shape.incomplete for shape in rows.shapes]),
        cost_columns=", ".join(f"'{column}'" for column in COST_COLUMNS),
        input_cost=_sum(rows, lambda column: _direction(column) == "input"),
        output_cost=_sum(rows, lambda column: _direction(column) == "output"),
        other_cost=_sum(rows, lambda column: _direction(column) == "other"),
        cache_read_cost=_swapped(_sum(rows, lambda column: column.startswith("cache_read_"))),
        cache_write_cost=_swapped(_sum(rows, lambda column: column.startswith("cache_write_"))),
        rounded_cost=round_off("TRY(_price_in + _price_out + _price_other)"),
        cost=_decimal("_price_sum"),
        input_part=_decimal(round_off("_price_in")),
        output_part=_decimal(round_off("_price_out")),
        cache_read_part=_decimal(round_off("_price_read")),
        cache_write_part=_decimal(round_off("_price_write")),
    )


def _unstated(rows: PriceRows, parts: Iterable[str]) -> str:
    """Return a cheap SQL condition without which no row is incomplete."""
    if any(shape.blind for shape in rows.shapes):
        return "true"
    return f"({' | '.join((*_WHOLES, *parts))}) IS NULL"


def _more_conditions(rows: PriceRows) -> str:
    """Return the join conditions that only some prices need."""
    conditions = ""
    if rows.has_input_tiers:
        conditions += "AND _price_input >= _price_input_from AND _price_input < _price_input_to "
    if rows.has_hours:
        conditions += "AND _price_clock >= _price_day_from_us AND _price_clock < _price_day_to_us"
    return conditions


def _direction(column: str) -> str:
    if column == "reasoning_tokens" or column.startswith("output_"):
        return "output"
    return "other" if column in {"web_searches", "requests"} else "input"


def _sum(rows: PriceRows, belongs: Callable[[str], bool]) -> str:
    """Return what some columns cost: count times coefficient."""
    terms = [
        _term(rows, column, column, place)
        for place, column in enumerate((*MAIN_COLUMNS, "requests"), start=1)
        if belongs(column)
    ]
    shapes = [
        " + ".join(
            _term(rows, column, f"part_{place}", len(MAIN_COLUMNS) + 1 + place)
            for place, column in enumerate(shape.parts, start=1)
            if belongs(column)
        )
        for shape in rows.shapes
    ]
    return " + ".join([*terms, *_by_shape_sum(shapes)])


def _swapped(products: str) -> str:
    """Return the same sum with the factors of each product in the other order.

    DuckDB 2.0 computes a product that stands in two sums once, and outside of their TRY.
    """
    return re.sub(r"(_price_n_\w+) \* (_price_c_\w+)", r"\2 * \1", products)


def _term(rows: PriceRows, column: str, coefficient: str, place: int) -> str:
    """Return one product; ``place`` is the coefficient's in the list of fine digits, from 1."""
    price = f"_price_c_{coefficient}"
    if rows.has_fine_prices:
        price = f"({price} * {_FINE} + coalesce(_price_fine[{place}], 0))"
    return price if column == "requests" else f"_price_n_{column} * {price}"


def _by_shape_sum(sums: Sequence[str]) -> list[str]:
    """Return one SQL term that is the sum of the row's shape; none where no shape has a sum."""
    arms = [f"WHEN {index} THEN {terms}" for index, terms in enumerate(sums) if terms]
    return [f"(CASE _price_shape {' '.join(arms)} ELSE 0 END)"] if arms else []


def _by_shape_any(conditions: Iterable[str]) -> str:
    """Return SQL that holds where the condition of the row's shape does.

    Written with AND and OR: DuckDB then tests a condition on the rows that are left only.
    """
    arms = [
        f"(_price_shape = {index} AND ({condition}))"
        for index, condition in enumerate(conditions)
        if condition != "false"
    ]
    return f"({' OR '.join(arms)})" if arms else "false"


def _rounded(wide: str) -> str:
    """Return a sum in 10^-24 rounded half to even to 10^-12."""
    rest = f"(wide % {_FINE})"
    whole = f"(wide // {_FINE})"
    up = f"{rest} > {_HALF} OR ({rest} = {_HALF} AND {whole} % 2 = 1)"
    rounded = f"{whole} + CASE WHEN {up} THEN 1 ELSE 0 END"
    # The lambda names the sum, which would otherwise be computed once per mention.
    return f"list_transform([{wide}], lambda wide: {rounded})[1]"


def _decimal(pico: str) -> str:
    """Return an integer of 10^-12 as DECIMAL(18,12): the same digits with the point put in."""
    return f"({pico}::DECIMAL(18,0) * 0.000000000001::DECIMAL(12,12))::DECIMAL(18,12)"

"""Shapes of the calls without a template: the table of their cells, and the shapes found in it."""

from itertools import groupby

from centavo.consumption.clusters.asking import make_table, sql_of
from centavo.consumption.clusters.shapes import LEAST_CALLS, STEPS, Cell, Shape, find_shapes
from centavo.ledger.ledger import Ledger

__all__ = ["group_shapes"]

# A limit or a hash tells calls apart when one call in fifty of its kind has it.
_LEAST_SHARE = 0.02


def group_shapes(ledger: Ledger) -> list[Shape]:
    """Make the table ``shape_calls`` and return the shapes of the calls without a template.

    The tables ``grouped_calls`` and ``call_templates`` are there.
    """
    select = sql_of("shape_calls", steps=STEPS, least=LEAST_CALLS, share=_LEAST_SHARE)
    make_table(ledger, "shape_calls", select)
    rows = ledger.rows(sql_of("shape_cells"))
    return [
        shape
        for key, cells in groupby(rows, key=lambda row: str(row[0]))
        for shape in find_shapes(key, [_cell(row) for row in cells])
    ]


def _cell(row: tuple[object, ...]) -> Cell:
    return int(str(row[1])), int(str(row[2])), int(str(row[3]))

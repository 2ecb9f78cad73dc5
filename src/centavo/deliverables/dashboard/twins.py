"""The twins of a page: the same figures as JSON and as CSV, exact, without words for the eye."""

import csv
import io
import json
from decimal import Decimal

from centavo.deliverables.language import plain
from centavo.deliverables.page import Cell, Page
from centavo.money import Money

__all__ = ["page_csv", "page_json"]


def page_json(page: Page) -> str:
    """Return a page as JSON, schema ``centavo.page/1``; money as strings, unknown as null."""
    shown = {
        "schema": "centavo.page/1",
        "page": page.id,
        "question": page.question,
        "answer": plain(page.answer),
        "tiles": [
            {
                "name": tile.name,
                "value": _value(tile.figure),
                "grade": tile.grade,
                "note": plain(tile.note),
            }
            for tile in page.tiles
        ],
        "tables": {
            section.table.id: [
                {
                    column.key: _value(cell)
                    for column, cell in zip(section.table.columns, row.cells, strict=True)
                }
                for row in section.table.rows
                if not row.is_total
            ]
            for section in page.sections
            if section.table
        },
        "coverage": [plain(line) for line in page.coverage],
        "meta": page.meta,
    }
    return json.dumps(shown, ensure_ascii=False, indent=1)


def page_csv(page: Page) -> str:
    """Return the page's tables as CSV, one after the other, an empty line between them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    tables = [section.table for section in page.sections if section.table]
    for place, table in enumerate(tables):
        if place:
            out.write("\n")
        writer.writerow(column.key for column in table.columns)
        for row in table.rows:
            if not row.is_total:
                writer.writerow(_text(cell) for cell in row.cells)
    return out.getvalue()


def _value(cell: Cell) -> object:
    if isinstance(cell.value, Money):
        return cell.value.as_json()
    return str(cell.value) if isinstance(cell.value, Decimal) else cell.value


def _text(cell: Cell) -> str:
    value = cell.value
    if value is None:
        return ""
    text = value.as_json()["amount"] if isinstance(value, Money) else str(value)
    # A spreadsheet would take these for a formula.
    return f"'{text}" if isinstance(value, str) and text[:1] in set("=+-@\t\r") else text

"""A document as PDF: tagged, bookmarked, its charts vectors, its font embedded (typst)."""

import json
from datetime import datetime
from importlib.resources import as_file, files
from pathlib import Path

from centavo.charts import PAPER, Frame
from centavo.deliverables.language import Language
from centavo.deliverables.page import Chart, Section, Table, Tile
from centavo.deliverables.report.document import Document
from centavo.errors import CentavoError, ConfigError

__all__ = ["document_pdf"]

_WIDTH_PX = 640.0
_ROWS = 25
# Columns of no more letters are as wide as their words.
_SHORT = 16


def document_pdf(document: Document, say: Language, *, now: datetime) -> bytes:
    """Return the document as PDF/UA-1, the standard of accessible documents.

    Raises:
        ConfigError: The libraries of reports are not installed.
        CentavoError: The document cannot be set.
    """
    try:
        import typst

        fonts = files("fontpkg_fira_sans").joinpath("files")
    except ImportError as error:
        raise ConfigError(
            "the libraries of reports are not installed", hint='pip install "centavo[report]"'
        ) from error
    shown = json.dumps(_shown(document, say), ensure_ascii=False)
    template = files("centavo.deliverables.report").joinpath("report.typ")
    with as_file(template) as path:
        try:
            return typst.compile(
                path,
                font_paths=[Path(str(fonts))],
                ignore_system_fonts=False,
                sys_inputs={"document": shown},
                pdf_standards=["ua-1"],
                timestamp=int(now.timestamp()),
            )
        except typst.TypstError as error:
            raise CentavoError(f"the report cannot be set: {error}") from error


def _shown(document: Document, say: Language) -> dict[str, object]:
    logo = document.look.logo
    return {
        "title": document.title,
        "subtitle": document.subtitle,
        "client": document.look.client,
        "date": document.date,
        "colour": document.look.colour,
        "lang": document.lang.split("-")[0],
        "region": document.lang.partition("-")[2] or None,
        "contents": document.contents,
        "page": document.page_word,
        "logo": None
        if logo is None
        else {"data": list(logo.read_bytes()), "format": logo.suffix[1:].lower()},
        "answer": document.answer,
        "tiles": [_tile(tile, say) for tile in document.tiles],
        "chapters": [
            {
                "title": chapter.title,
                "sentences": list(chapter.sentences),
                "sections": [_section(section, say) for section in chapter.sections],
            }
            for chapter in document.chapters
        ],
    }


def _tile(tile: Tile, say: Language) -> dict[str, object]:
    grade = say(tile.grade) if tile.grade else ""
    return {"name": tile.name, "figure": tile.figure.text, "note": tile.note, "grade": grade}


def _section(section: Section, say: Language) -> dict[str, object]:
    return {
        "title": section.title,
        "sentences": list(section.sentences),
        "chart": _chart(section.chart) if section.chart else None,
        "table": _table(section.table, say) if section.table else None,
    }


def _chart(chart: Chart) -> dict[str, object]:
    frame = Frame(PAPER, f"paper-{chart.id}", chart.title, chart.description, _WIDTH_PX)
    return {
        "svg": chart.draw(frame),
        "alt": f"{chart.title}. {chart.description}",
        "legend": [{"name": name, "colour": PAPER.hue(hue)} for name, hue in chart.legend],
    }


def _table(table: Table, say: Language) -> dict[str, object]:
    body = [row for row in table.rows if not row.is_total]
    left = len(body) - _ROWS
    return {
        "columns": [
            {"name": c.name, "numeric": c.numeric, "weight": _weight(table, place)}
            for place, c in enumerate(table.columns)
        ],
        "rows": [[cell.text for cell in row.cells] for row in body[:_ROWS]],
        "total": next(([c.text for c in row.cells] for row in table.rows if row.is_total), None),
        "more": say.count("{number} more row in the CSV.", "{number} more rows in the CSV.", left)
        if left > 0
        else None,
    }


def _weight(table: Table, place: int) -> float | None:
    """Return the part of the width that a column of words gets; a short one takes what it needs."""
    texts = [table.columns[place].name, *(row.cells[place].text for row in table.rows[:_ROWS])]
    longest_word = max((len(word) for text in texts for word in text.split()), default=1)
    longest = max(len(text) for text in texts)
    return None if longest <= _SHORT else float(max(longest_word, min(48, longest)))

"""A document as Markdown: for a chat, a wiki or a pull request; figures as words, charts as sentences."""

from centavo.deliverables.language import plain
from centavo.deliverables.page import Section, Table
from centavo.deliverables.report.document import Document

__all__ = ["document_markdown", "document_summary"]

_ROWS = 25


def document_markdown(document: Document) -> str:
    """Return the whole document."""
    parts = [f"# {document.title}", f"{document.subtitle} · {document.date}", document.answer]
    if document.tiles:
        parts.append(_tiles(document))
    for chapter in document.chapters:
        parts += [f"## {chapter.title}", *chapter.sentences]
        for section in chapter.sections:
            parts += _section(section)
    return plain("\n\n".join(part for part in parts if part)) + "\n"


def document_summary(document: Document) -> str:
    """Return the answer and the headline figures: what fits a message."""
    parts = [f"**{document.title}, {document.subtitle}**", document.answer, _tiles(document)]
    return plain("\n\n".join(part for part in parts if part)) + "\n"


def _tiles(document: Document) -> str:
    lines = [
        f"- {tile.name}: **{tile.figure.text}**{f' ({tile.note})' if tile.note else ''}"
        for tile in document.tiles
    ]
    return "\n".join(lines)


def _section(section: Section) -> list[str]:
    parts = [f"### {section.title}"] if section.title else []
    parts += section.sentences
    if section.chart and section.chart.description not in section.sentences:
        parts.append(f"*{section.chart.title}. {section.chart.description}*")
    if section.table and section.table.rows:
        parts.append(_table(section.table))
    return parts


def _table(table: Table) -> str:
    head = "| " + " | ".join(_cell(column.name) for column in table.columns) + " |"
    rule = "|" + "|".join("---:" if column.numeric else "---" for column in table.columns) + "|"
    body = [row for row in table.rows if not row.is_total][:_ROWS]
    total = [row for row in table.rows if row.is_total]
    rows = (
        "| " + " | ".join(_cell(cell.text) for cell in row.cells) + " |" for row in [*body, *total]
    )
    return "\n".join([head, rule, *rows])


def _cell(text: str) -> str:
    """Return a text that does not end its cell and begins no markup."""
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")

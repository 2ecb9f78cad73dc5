"""A prepared page as HTML: one template for every page."""

import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from centavo.charts import PAGE, Frame
from centavo.deliverables.asked import Asked
from centavo.deliverables.dashboard.pages import PAGES
from centavo.deliverables.language import LANGUAGES, Language
from centavo.deliverables.page import Chart, Page
from centavo.deliverables.report.document import Document
from centavo.deliverables.words import grade_name, meta_words

__all__ = ["document_html", "page_html", "sign_in_html", "static_text", "trouble_html"]

# Text keeps its size: a page shows the drawing that was made for its width.
_WIDTHS = (("wide", 1120.0), ("middle", 700.0), ("narrow", 336.0))
_CODE = re.compile("`([^`]+)`")
_ROWS = 50
_LINES = 400


def page_html(
    page: Page, asked: Asked, say: Language, *, is_static: bool = False, ticket: str = ""
) -> str:
    """Return the whole document of a page.

    Args:
        page: As prepared.
        asked: Its state, for the links to other pages.
        say: Its language.
        is_static: Whether it stands in a folder of files, without a server behind it.
        ticket: What its forms prove themselves with; empty draws no form.
    """
    template = _environment().get_template("page.html")
    return template.render(
        page=page,
        asked=asked,
        say=say,
        count=say.count,
        pages=PAGES,
        languages=LANGUAGES,
        is_static=is_static,
        ticket=ticket,
        address=_address(is_static=is_static),
        draw=_draw,
        grade_name=grade_name,
        meta_words=meta_words,
        style=Markup(static_text("style.css")) if is_static else "",
        most_rows=_ROWS,
        most_lines=_LINES,
    )


def document_html(document: Document, say: Language) -> str:
    """Return a report as one HTML file that needs nothing beside it."""
    template = _environment().get_template("report.html")
    style = Markup(static_text("style.css"))
    return template.render(document=document, say=say, draw=_draw, style=style)


def trouble_html(message: str, hint: str, say: Language, *, title: str = "", back: str = "") -> str:
    """Return the page that says what is wrong and what to do.

    Args:
        message: What is wrong.
        hint: What to do; may be empty.
        say: Its language.
        title: Its heading; empty says that something cannot be shown.
        back: Address that the reader came from.
    """
    template = _environment().get_template("trouble.html")
    return template.render(message=message, hint=hint, say=say, title=title, back=back)


def sign_in_html(say: Language, *, failed: bool) -> str:
    """Return the page that asks for the token."""
    return _environment().get_template("sign_in.html").render(failed=failed, say=say)


@cache
def static_text(name: str) -> str:
    """Return the style sheet or the script."""
    return files("centavo.deliverables.dashboard").joinpath("static", name).read_text("utf-8")


def _draw(chart: Chart) -> Markup:
    """Return the chart for wide, middle and narrow pages; the style sheet shows one of them."""
    drawn = (
        f'<div class="{name}">{chart.draw(Frame(PAGE, f"{chart.id}-{name}", chart.title, chart.description, width))}</div>'
        for name, width in _WIDTHS
    )
    return Markup("".join(drawn))


def _address(*, is_static: bool) -> Callable[..., str]:
    def of(page: str, asked: Asked, **changes: object) -> str:
        if is_static:
            return f"{page}.html"
        return asked.address(f"/{page}", **changes)

    return of


def _with_code(text: object) -> Markup:
    """Return a sentence whose commands, between backticks, are shown as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("centavo.deliverables.dashboard"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["with_code"] = _with_code
    return environment

"""The executive report: the same figures as the pages, in both languages, as PDF, HTML and Markdown."""

import re
import shutil
import subprocess
from datetime import date

import pytest

from centavo.deliverables.asked import Asked
from centavo.deliverables.language import language, plain
from centavo.deliverables.prepare.plan import plan_summary
from centavo.deliverables.prepare.where import where_page
from centavo.deliverables.reading import Reading
from centavo.deliverables.report.document import Look
from centavo.deliverables.report.executive import LAYERS, executive_report
from centavo.deliverables.report.markdown import document_markdown
from centavo.errors import ConfigError, LedgerError
from tests.deliverables.conftest import NOW

OCTOBER = Asked(period="2026-10")


@pytest.fixture
def reading(desk) -> Reading:
    made = Reading.open(desk.settings, desk.rules(NOW))
    yield made
    made.ledger.engine.close()


def document(reading, code="en", *, examined=("CON",)):
    return executive_report(reading, OCTOBER, language(code), look=Look(), examined=examined)


@pytest.mark.parametrize("code", ["en", "pt-BR"])
def test_a_figure_is_the_pages_to_the_digit(reading, code):
    page = where_page(reading, OCTOBER, language(code))
    told = document_markdown(document(reading, code))
    for tile in page.tiles:
        assert plain(tile.figure.text) in told
    for row in page.sections[1].table.rows:
        assert all(plain(cell.text) in told for cell in row.cells)


@pytest.mark.parametrize("code", ["en", "pt-BR"])
def test_the_plan_is_held_against_the_bill_until_the_end_of_the_period(reading, code):
    say = language(code)
    told = document_markdown(document(reading, code))
    by_september, sections = plan_summary(reading, Asked(), say, by=date(2026, 10, 1))
    (section,) = plan_summary(reading, Asked(), say, by=date(2026, 11, 1))[1]
    assert plain(by_september[0]) in told
    assert plain(section.sentences[0]) in told
    assert sections[0].sentences[0] != section.sentences[0]
    for row in section.table.rows:
        assert all(plain(cell.text) in told for cell in row.cells)


def test_layers_that_have_no_rules_are_said_to_be_unexamined(reading):
    told = document_markdown(document(reading))
    assert told.count("Not examined: this version has no rules for it.") == len(LAYERS) - 1


def test_portuguese_has_no_english_sentence_left(reading):
    told = document_markdown(document(reading, "pt-BR"))
    left = re.findall(r"\b(?:the|with|days|cost of|open|nothing|is not)\b", told)
    assert left == []


def test_a_period_without_spend_is_an_error_that_says_so(reading):
    with pytest.raises(LedgerError, match="January 2020"):
        executive_report(reading, Asked(period="2020-01"), language("en"), look=Look(), examined=())


@pytest.mark.parametrize("code", ["en", "pt-BR"])
def test_the_pdf_is_tagged_and_says_the_same(
    centavo, two_month_folder, monkeypatch, tmp_path, code
):
    monkeypatch.chdir(two_month_folder)
    out = tmp_path / "report.pdf"
    done = centavo("report", "executive", "--period", "2026-10", "--lang", code, "--out", out)
    assert done.exit_code == 0, done.err
    raw = out.read_bytes()
    assert raw.startswith(b"%PDF")
    assert b"/StructTreeRoot" in raw or b"/MarkInfo" in raw or b"pdfuaid" in raw
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed: the words of the PDF are not compared")
    said = subprocess.run(
        ["pdftotext", "-layout", out, "-"], capture_output=True, text=True, check=True
    )
    words = " ".join(plain(said.stdout).split())
    assert ("US$ 173.60" if code == "en" else "US$ 173,60") in words
    fonts = subprocess.run(["pdffonts", out], capture_output=True, text=True, check=True).stdout
    embedded = [line.split()[-5] for line in fonts.splitlines()[2:]]
    assert embedded
    assert set(embedded) == {"yes"}


@pytest.mark.parametrize("form", ["html", "md"])
def test_other_forms_have_the_total(centavo, two_month_folder, monkeypatch, tmp_path, form):
    monkeypatch.chdir(two_month_folder)
    out = tmp_path / f"report.{form}"
    assert centavo("report", "executive", "--period", "2026-10", "--out", out).exit_code == 0
    text = out.read_text("utf-8")
    assert "US$ 173.60" in plain(text)
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_the_summary_fits_a_message(centavo, two_month_folder, monkeypatch):
    monkeypatch.chdir(two_month_folder)
    done = centavo("report", "executive", "--period", "2026-10", "--summary")
    assert done.exit_code == 0
    assert "**US$ 173.60**" in done.out
    assert len(done.out) < 2000


@pytest.mark.parametrize(
    ("options", "what"),
    [
        ((), "--out report.pdf"),
        (("--out", "report.docx"), ".docx is none of"),
        (("--out", "nowhere/report.md"), "cannot be written"),
        (("--out", "r.md", "--lang", "de"), "no language 'de'"),
        (("--out", "r.md", "--period", "soon"), "'soon' is not a date"),
    ],
)
def test_what_cannot_be_done_is_said(
    centavo, two_month_folder, monkeypatch, tmp_path, options, what
):
    monkeypatch.chdir(tmp_path)
    done = centavo("--ledger", two_month_folder / ".centavo", "report", "executive", *options)
    assert done.exit_code == 2
    assert what in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("values", [{"colour": "red"}, {"logo": "nothing.svg"}])
def test_a_look_that_cannot_be_used_is_an_error(values, tmp_path):
    with pytest.raises(ConfigError, match=next(iter(values))):
        Look.of(values, tmp_path)


def test_a_cell_of_markdown_never_ends_early():
    from centavo.deliverables.page import Cell, Column, Row, Section, Table
    from centavo.deliverables.report.document import Chapter, Document

    table = Table("t", (Column("n", "n"),), (Row((Cell("a|b\n<i>"),)),))
    shown = Document(
        "t",
        "s",
        "d",
        "a",
        (),
        (Chapter("c", (), (Section("s", "", table=table),)),),
        Look(),
        "en",
        "",
        "",
    )
    assert "| a\\|b &lt;i> |" in document_markdown(shown)

"""``centavo report``: documents for people outside the team."""

import importlib.util
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from centavo.cli.modules import MODULES
from centavo.cli.output import print_lines, say
from centavo.cli.rule_settings import rule_settings
from centavo.errors import ConfigError
from centavo.ledger.settings import Settings
from centavo.whole_files import write_whole

if TYPE_CHECKING:
    from centavo.deliverables.language import Language
    from centavo.deliverables.reading import Reading
    from centavo.deliverables.report.document import Document, Look

__all__ = ["command"]

_FORMS = (".pdf", ".html", ".md")
_PARTS = ("babel", "jinja2", "typst", "xlsxwriter")


@click.group("report")
def command() -> None:
    """Write documents for people outside the team: PDF, HTML or Markdown, in two languages."""


@command.command("executive")
@click.option("--period", default="", help="A month, 2026-10, or two days: 2026-09-01..2026-10-01.")
@click.option("--lang", default="en", show_default=True, help="en or pt-BR.")
@click.option("--basis", default="", help="Evidence level [default: billed where there is a bill].")
@click.option(
    "--currency", default="", help="Currency [default: the settings', else the bill's own]."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File; its ending says the form: .pdf, .html or .md.",
)
@click.option(
    "--summary", is_flag=True, help="Only the answer and its figures, as Markdown on stdout."
)
@click.pass_obj
def executive_command(
    ledger: Path | None,
    *,
    period: str,
    lang: str,
    basis: str,
    currency: str,
    out: Path | None,
    summary: bool,
) -> None:
    """Write the executive report: the bill and its drivers, diagnosis, risk, savings, decisions.

    Findings come from the register: run `centavo audit` first.
    """
    if importlib.util.find_spec("babel") is None or importlib.util.find_spec("jinja2") is None:
        raise ConfigError(
            "the libraries of reports are not installed", hint='pip install "centavo[report]"'
        )
    if out is None and not summary:
        raise ConfigError("the report needs a file", hint="Write --out report.pdf, or --summary.")
    if out is not None and out.suffix not in _FORMS:
        raise ConfigError(
            f"--out {out}: {out.suffix or 'no ending'} is none of {', '.join(_FORMS)}"
        )
    from centavo.deliverables.asked import Asked
    from centavo.deliverables.report.executive import executive_report
    from centavo.deliverables.report.markdown import document_summary

    desk = _open(ledger, lang)
    document = executive_report(
        desk.reading,
        Asked(period=period, basis=basis, currency=currency.upper(), lang=desk.spoken.code),
        desk.spoken,
        look=desk.look,
        examined=tuple(MODULES.values()),
    )
    if summary:
        print_lines(document_summary(document).rstrip())
    if out is not None:
        _write(document, desk, out)
        say(f"Wrote {out}.", "Next: centavo serve shows what is behind each figure.")


@command.command("savings-plan")
@click.option("--lang", default="en", show_default=True, help="en or pt-BR.")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="File; its ending says the form: .pdf, .xlsx, .html or .md.",
)
@click.pass_obj
def savings_plan_command(ledger: Path | None, *, lang: str, out: Path) -> None:
    """Write the formal savings plan from the register of savings, for signature.

    As a workbook it has live formulas. Lines come from `centavo savings add`.
    """
    _need_libraries()
    _check_form(out, (*_FORMS, ".xlsx"))
    from centavo.deliverables.report.savings_plan import savings_plan

    desk = _open(ledger, lang)
    if out.suffix == ".xlsx":
        from centavo.deliverables.report.workbook import savings_workbook

        _put(out, savings_workbook(desk.reading, desk.spoken, client=desk.look.client))
    else:
        _write(savings_plan(desk.reading, desk.spoken, look=desk.look), desk, out)
    say(f"Wrote {out}.", "Next: centavo savings approve ID, once it is signed.")


@command.command("monthly-csv")
@click.option("--period", default="", help="A month, 2026-10, or two days: 2026-09-01..2026-10-01.")
@click.option("--basis", default="", help="Evidence level [default: billed where there is a bill].")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="File [default: stdout]."
)
@click.pass_obj
def monthly_csv_command(ledger: Path | None, *, period: str, basis: str, out: Path | None) -> None:
    """Write a month's cost by cost centre in BRL and USD, for accounting."""
    _need_libraries()
    from centavo.deliverables.asked import Asked
    from centavo.deliverables.report.accounting import monthly_csv

    text = monthly_csv(_open(ledger, "en").reading, Asked(period=period, basis=basis))
    if out is None:
        print_lines(text.rstrip())
    else:
        _put(out, text.encode())
        say(f"Wrote {out}.")


@dataclass(frozen=True)
class _Desk:
    """What every document is made from."""

    reading: "Reading"
    spoken: "Language"
    look: "Look"


def _open(ledger: Path | None, lang: str) -> _Desk:
    from centavo.deliverables.language import language
    from centavo.deliverables.reading import Reading
    from centavo.deliverables.report.document import Look

    settings = Settings.load(Path.cwd(), ledger=ledger)
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    spoken = language(lang)
    folder = settings.file.parent if settings.file else Path.cwd()
    look = Look.of(settings.report, folder)
    return _Desk(Reading.open(settings, rule_settings(settings, now=now)), spoken, look)


def _need_libraries() -> None:
    if any(importlib.util.find_spec(part) is None for part in _PARTS):
        raise ConfigError(
            "the libraries of reports are not installed", hint='pip install "centavo[report]"'
        )


def _check_form(out: Path, forms: tuple[str, ...]) -> None:
    if out.suffix not in forms:
        raise ConfigError(f"--out {out}: {out.suffix or 'no ending'} is none of {', '.join(forms)}")


def _write(document: "Document", desk: _Desk, out: Path) -> None:
    from centavo.deliverables.dashboard.drawing import document_html
    from centavo.deliverables.report.markdown import document_markdown
    from centavo.deliverables.report.paper import document_pdf

    if out.suffix == ".pdf":
        _put(out, document_pdf(document, desk.spoken, now=desk.reading.now))
    elif out.suffix == ".html":
        _put(out, document_html(document, desk.spoken).encode())
    else:
        _put(out, document_markdown(document).encode())


def _put(out: Path, shown: bytes) -> None:
    """Write a file whole or not at all: half a report must not lie there under its name."""
    if not out.absolute().parent.is_dir():
        # More often a slip of the pen than a wish.
        raise ConfigError(f"{out} cannot be written: there is no folder {out.parent}")
    try:
        write_whole(out, shown)
    except OSError as error:
        raise ConfigError(f"{out} cannot be written: {error.strerror or error}") from error

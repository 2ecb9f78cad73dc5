"""``centavo report``: documents for people outside the team."""

import importlib.util
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from centavo.cli.finding_runs import MODULES
from centavo.cli.output import print_lines, say
from centavo.cli.rule_settings import rule_settings
from centavo.errors import ConfigError
from centavo.ledger.settings import Settings

if TYPE_CHECKING:
    from centavo.deliverables.language import Language
    from centavo.deliverables.report.document import Document

__all__ = ["command"]

_FORMS = (".pdf", ".html", ".md")


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
    from centavo.deliverables.language import language
    from centavo.deliverables.reading import Reading
    from centavo.deliverables.report.document import Look
    from centavo.deliverables.report.executive import executive_report
    from centavo.deliverables.report.markdown import document_summary

    settings = Settings.load(Path.cwd(), ledger=ledger)
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    spoken = language(lang)
    reading = Reading.open(settings, rule_settings(settings, now=now))
    folder = settings.file.parent if settings.file else Path.cwd()
    document = executive_report(
        reading,
        Asked(period=period, basis=basis, currency=currency.upper(), lang=spoken.code),
        spoken,
        look=Look.of(settings.report, folder),
        examined=[prefix for prefix, _ in MODULES.values()],
    )
    if summary:
        print_lines(document_summary(document).rstrip())
    if out is not None:
        _write(document, spoken, out, now=now)
        say(f"Wrote {out}.", "Next: centavo serve shows what is behind each figure.")


def _write(document: "Document", spoken: "Language", out: Path, *, now: datetime) -> None:
    from centavo.deliverables.dashboard.drawing import document_html
    from centavo.deliverables.report.markdown import document_markdown
    from centavo.deliverables.report.paper import document_pdf

    if out.suffix == ".pdf":
        shown = document_pdf(document, spoken, now=now)
    elif out.suffix == ".html":
        shown = document_html(document, spoken).encode()
    else:
        shown = document_markdown(document).encode()
    draft = out.with_name(f".{out.name}.draft")
    try:
        # Whole or not at all: a report that is cut in half must not lie there under its name.
        draft.write_bytes(shown)
        draft.replace(out)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise ConfigError(f"{out} cannot be written: {error.strerror or error}") from error

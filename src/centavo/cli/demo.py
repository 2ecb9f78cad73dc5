"""``centavo demo``: build the sample company, ingest it, and show the answers."""

from datetime import UTC, datetime
from pathlib import Path

import click

from centavo.cli.ingest import show_ingested
from centavo.cli.output import say
from centavo.cli.progress import following
from centavo.cli.wiring import IngestOptions, find_files, ingest, recognise_all
from centavo.ledger.settings import SETTINGS_FILE, Settings
from centavo.sources.sample import SampleReport, generate

__all__ = ["command"]


@click.command("demo")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("centavo-demo"),
    show_default=True,
    help="Folder for the sample and its ledger.",
)
@click.option(
    "--seed", default=7, show_default=True, help="Another seed is another company history."
)
def command(*, out: Path, seed: int) -> None:
    """Build the sample company (synthetic), ingest it and show where its money went.

    Everything stays in the folder; delete it to be rid of it.
    """
    say("The sample company is SYNTHETIC: invented data with planted, documented waste.")
    report = generate(out / "sample", seed=seed)
    _write_settings(out, report)
    settings = Settings.load(out)
    say(
        f"Generated {report.requests:,} requests, {report.since} until {report.until}, "
        f"{report.size_bytes / 1e6:,.1f} MB in {report.out}."
    )
    recognised, unknown = recognise_all(find_files([str(path) for path in report.inputs]))
    options = IngestOptions(
        now=datetime.now(UTC),  # noqa: TID251 -- the edge where the clock enters
        keep_bodies=settings.keep_bodies,
    )
    with following() as progress:
        done = list(ingest(settings, recognised, options, progress=progress))
    show_ingested(done, unknown)
    for by, more in _QUESTIONS:
        say("", f"$ centavo costs --by {by}{''.join(' ' + text for text in more)}")
        _ask(settings, by, more)
    say(
        "",
        f"Try next, inside {out}:",
        "  centavo costs --grain month --by application --currency BRL",
        "  centavo units --by application,model",
        "  centavo audit",
        "  centavo simulate",
        "  centavo forecast --by application",
        "  centavo serve",
        f"  what was planted: {report.truth}",
    )


_QUESTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("provider,service", ("--currency USD", "--top 8")),
    ("application,model", ("--basis metered", "--top 10")),
)


def _ask(settings: Settings, by: str, options: tuple[str, ...]) -> None:
    from centavo.cli.asking import dimension_list
    from centavo.cli.costs import show_report
    from centavo.consumption.cost_cells import CostQuestion
    from centavo.consumption.costs import cost_report
    from centavo.ledger.allocation import Allocation
    from centavo.ledger.exchange import ExchangeRates
    from centavo.ledger.ledger import Ledger

    chosen = dict(text.removeprefix("--").split() for text in options)
    report = cost_report(
        Ledger.open(settings.location),
        CostQuestion(
            by=dimension_list(by),
            basis="metered" if chosen.get("basis") == "metered" else None,
            currency=chosen.get("currency"),
        ),
        allocation=Allocation.load(settings.rules),
        rates=ExchangeRates.load(settings.rates) if settings.rates else None,
        now=datetime.now(UTC),  # noqa: TID251 -- the edge where the clock enters
    )
    show_report(report, top=int(chosen["top"]))


def _write_settings(out: Path, report: SampleReport) -> None:
    """Write the folder's settings, so that every command run inside it finds ledger and rules.

    Bodies are kept, and for good: they are invented, and what is wrong with prompts is in them.
    """
    lines = [
        "[ledger]",
        'folder = "ledger"',
        "[attribution]",
        f'rules = "{report.rules.relative_to(out).as_posix()}"',
        "[currency]",
        f'rates = "{report.rates.relative_to(out).as_posix()}"',
        "[bodies]",
        "keep = true",
        "retention_days = 0",
    ]
    (out / SETTINGS_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")

"""The ``centavo`` command: lazy verbs, global options, and the last line that catches errors."""

import gc
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import click

import centavo
from centavo.cli.lazy_verbs import lazy_group
from centavo.errors import CentavoError

__all__ = ["cli", "main"]

# Verb -> what `centavo --help` says of it. The verb's module is centavo.cli.<verb>.
VERBS: dict[str, str] = {
    "demo": "Build the sample company, ingest it and show the answers.",
    "ingest": "Read bills, request logs and telemetry into the ledger.",
    "fetch": "Read a provider's own store, live, into the ledger.",
    "receive": "Receive OpenTelemetry spans over OTLP/HTTP into the ledger.",
    "costs": "Show where the money went, by any dimension and grain.",
    "why": "Say what made cost change between two periods, and by price, volume or mix.",
    "forecast": "Forecast cost to month-end and beyond, with intervals and what is known already.",
    "units": "Show unit economics: cost per request and per million tokens.",
    "clusters": "Group calls without labels, by prompt template or usage shape.",
    "consumption": "Find where money goes without need, by the rules of consumption.",
    "modelfit": "Find models too large, too dear or too fast for their task.",
    "prompts": "Find tokens that need not be sent, and show requests without them.",
    "audit": "Run the rules of every module and report all findings by money.",
    "simulate": "Replay a plan of levers on recorded requests: what would they have cost?",
    "savings": "Keep the savings plan: identified, approved, enforced, verified, by whom and when.",
    "outcomes": "Import graded answers of models, and list which models they compare.",
    "certify": "Certify how much traffic may move to a cheaper model, and write the route.",
    "findings": "List findings; acknowledge, ignore, snooze or resolve them.",
    "serve": "Show the dashboard in a browser, or write it as a folder of files.",
    "report": "Write documents for people outside the team: PDF, HTML or Markdown.",
    "reconcile": "Hold the meter against the bill and name every gap.",
    "invoices": "Hold every invoice against the charges that belong to it.",
    "commitments": "Show what is committed, and how much of it was used.",
    "plan": "Plan what a stack will cost, and hold the plan against what it cost.",
    "prices": "Show prices, and what could not be priced.",
    "n8n": "List what n8n workflows are set up to call, from their exports.",
    "attribute": "Apply the attribution rules again to everything in the ledger.",
    "export": "Write the ledger as FOCUS files.",
    "ledger": "Show tables, periods, sources, snapshots and sizes.",
    "bodies": "Show which prompts and answers are kept, and drop them.",
    "doctor": "Check what is installed, configured and readable.",
    "explain": "Explain a term, a warning or an error code.",
}
INTERNAL_ERROR = 70
INTERRUPTED = 130
# How DuckDB passes on Ctrl-C while it runs a query: a RuntimeError of these words.
_DUCKDB_INTERRUPTED = "Query interrupted"


@contextmanager
def _reader_may_leave() -> Generator[None, None, None]:
    """End well when the reader of our pipe goes away (`centavo costs | head`); click would exit 1."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered goes nowhere, or Python would complain of it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise click.exceptions.Exit(0) from None


class _Root(lazy_group(VERBS, "centavo.cli.")):
    """The verbs, and their help, to the last byte of output."""

    @_reader_may_leave()
    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: object,
    ) -> click.Context:
        """Read the options; ``--help`` is printed here."""
        return super().make_context(info_name, args, parent, **extra)

    @_reader_may_leave()
    def invoke(self, ctx: click.Context) -> object:
        """Run the verb."""
        return super().invoke(ctx)


@click.group(
    cls=_Root,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(centavo.__version__, prog_name="centavo", message="%(prog)s %(version)s")
@click.option(
    "--ledger",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the ledger [default: $CENTAVO_LEDGER, centavo.toml, ./.centavo].",
)
@click.pass_context
def cli(context: click.Context, ledger: Path | None) -> None:
    """centavo: what your AI costs, and how far each figure can be trusted.

    Start with `centavo demo`, or `centavo ingest BILL REQUESTS…` and `centavo costs`.
    """
    context.obj = ledger


def main() -> None:
    """Run the command line and exit: 0 done, 1 a gate tripped, 2 to be fixed, 3 a provider failed."""
    # A command imports hundreds of modules and then ends: looking for garbage among them takes a
    # tenth of the time of importing them.
    gc.set_threshold(100_000, 50, 100)
    try:
        cli.main(prog_name="centavo", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        _stop_interrupted()
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except CentavoError as error:
        print(f"error: {error.message}", file=sys.stderr)
        if error.hint:
            print(f"hint: {error.hint}", file=sys.stderr)
        sys.exit(error.exit_code)
    except Exception as error:
        if str(error) == _DUCKDB_INTERRUPTED:
            _stop_interrupted()
        if os.environ.get("CENTAVO_DEBUG"):
            raise
        print(f"error: internal: {type(error).__name__}: {error}", file=sys.stderr)
        print(
            "hint: this is a defect of centavo; CENTAVO_DEBUG=1 shows where. The ledger is whole.",
            file=sys.stderr,
        )
        sys.exit(INTERNAL_ERROR)


def _stop_interrupted() -> NoReturn:
    print("centavo: interrupted; what was committed before stays", file=sys.stderr)
    sys.exit(INTERRUPTED)

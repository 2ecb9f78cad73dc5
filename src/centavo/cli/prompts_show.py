"""``centavo prompts show``: one request, part by part, and as a finding would have it."""

from collections.abc import Sequence
from pathlib import Path

import click

from centavo.cli.output import Column, Table, count_text, print_json, print_lines, print_table, say
from centavo.cli.rule_settings import history_days
from centavo.errors import ConfigError
from centavo.findings import KnownFinding, load_register
from centavo.findings.report import default_period
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.period import Period
from centavo.prompts.anatomy import prompt_tables
from centavo.prompts.payload import decoded, texts_in
from centavo.prompts.questions import question
from centavo.prompts.request_diff import DiffLine, request_diff
from centavo.prompts.rewrites import example_of, parts_of
from centavo.prompts.tools import tool_names

__all__ = ["command"]

_BEGINNING_CHARS = 60


@click.command("show")
@click.argument("name", metavar="ID")
@click.option("--diff", is_flag=True, help="Show what the finding would send instead.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.pass_obj
def command(folder: Path | None, *, name: str, diff: bool, as_json: bool) -> None:
    """Show a request part by part: that of a finding (ID of `centavo prompts`), or by its own id.

    Prompts may hold what people wrote: the output is as private as the bodies.
    """
    settings = Settings.load(Path.cwd(), ledger=folder)
    ledger = Ledger.open(settings.location)
    finding = _finding(ledger, name)
    event_id = _event_id(finding, name)
    parts = parts_of(ledger, event_id)
    if not parts:
        raise ConfigError(
            f"no prompt is kept of request {event_id!r}",
            hint="`centavo prompts` lists findings; `centavo bodies show` what is kept.",
        )
    period = default_period(ledger, history_days(settings))
    prompt_tables(ledger, period)
    if diff:
        _show_diff(ledger, finding, period)
        return
    rows = ledger.rows(question("counted_parts"), [event_id])
    if as_json:
        keys = ("position", "kind", "role", "tokens", "text")
        listed = [dict(zip(keys, row, strict=True)) for row in rows]
        print_json({"schema": "centavo.prompt/1", "event_id": event_id, "parts": listed})
        return
    total = sum(float(str(row[3])) for row in rows)
    say(f"Request {event_id}: {total:,.0f} input tokens in {len(rows)} parts.")
    columns = [
        Column("part"), Column("role", drop=1), Column("tokens", numeric=True), Column("begins"),
    ]  # fmt: skip
    print_table(Table(columns, [_row(row) for row in rows]))
    say(f"Next: centavo prompts show {name} --diff" if finding else "Next: centavo prompts")


def _row(row: Sequence[object]) -> list[str | None]:
    value = decoded(str(row[4]))
    said = texts_in(value) if row[1] != "tools" else tool_names(value)
    begins = " ".join(" ".join(said).split()) or str(row[4])
    role = None if row[2] is None else str(row[2])
    return [str(row[1]), role, count_text(round(float(str(row[3])))), begins[:_BEGINNING_CHARS]]


def _finding(ledger: Ledger, name: str) -> KnownFinding | None:
    known = load_register(ledger)
    found = [each for key, each in known.items() if key.startswith(name)]
    return found[0] if len(found) == 1 else None


def _event_id(finding: KnownFinding | None, name: str) -> str:
    if finding is None:
        return name
    evidence = finding.finding.evidence
    example = example_of(evidence.columns, evidence.rows)
    if example is None:
        raise ConfigError(
            f"finding {name} names no request", hint="`centavo findings show ID` has its evidence."
        )
    return example


def _show_diff(ledger: Ledger, finding: KnownFinding | None, period: Period) -> None:
    if finding is None:
        raise ConfigError("--diff needs a finding", hint="`centavo prompts` lists them.")
    found = request_diff(ledger, finding.finding, period)
    code = finding.finding.code
    if found is None:
        raise ConfigError(
            f"{code} rewrites no request", hint=f"`centavo explain {code}` says what it asks for."
        )
    print_lines("--- as sent", f"+++ as {code} would have it", *map(_diff_line, found.lines))
    say(
        f"Request {found.event_id}: {found.tokens_before:,} tokens as sent, {found.tokens_after:,} as {code} would"
        f" have it ({found.basis})."
    )
    say(str(finding.finding.to_do))


def _diff_line(line: DiffLine) -> str:
    if line.kind == "skipped":
        return f"@@ {line.text} equal lines @@"
    return {"same": " ", "removed": "-", "added": "+"}[line.kind] + line.text

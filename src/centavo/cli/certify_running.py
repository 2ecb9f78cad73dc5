"""``centavo certify --continue``: one more look at a certificate, with the outcomes imported since."""

from pathlib import Path

import click
from click.core import ParameterSource

from centavo.cli.outcome_costs import clock
from centavo.cli.output import Column, Table, print_json, print_table, say
from centavo.errors import ConfigError
from centavo.ledger.ledger import Ledger
from centavo.modelfit.routing.labelled import load_pair
from centavo.modelfit.routing.running import RunningCertificate, add_outcomes
from centavo.modelfit.routing.running_file import read_running, write_running
from centavo.policy import Route, route_text

__all__ = ["continue_certificate", "say_running", "write_route"]

# What a plan fixes: changing it afterwards would be another promise.
_FIXED = (
    "keep",
    "candidate",
    "points",
    "confidence",
    "by",
    "score_kind",
    "matches",
    "requests",
    "running",
)
_LOOKS_SHOWN = 12


def continue_certificate(ledger: Ledger, file: Path, *, out: Path | None, json_out: bool) -> None:
    """Add the outcomes that the certificate has not counted yet, keep it, and say what it certifies.

    Raises:
        ConfigError: An option that the plan fixes, or a file that cannot be used.
        InputError: The file is no running certificate.
    """
    context = click.get_current_context()
    given = [
        f"--{name}"
        for name in _FIXED
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    ]
    if given:
        named = ", ".join(given).replace("points", "loss").replace("matches", "match")
        raise ConfigError(
            f"{named.replace('_', '-')} cannot be given with --continue: the plan in {file} is fixed",
            hint="Begin another one with --running; only outcomes that it has not seen count for it.",
        )
    before = read_running(file)
    route = before.route
    pair = load_pair(
        ledger,
        route.keep,
        route.candidate,
        score_kind=before.score_kind,
        dimension=route.score.dimension,
    )
    after = add_outcomes(before, pair, now=clock())
    write_running(after, file)
    if json_out:
        print_json(_as_json(after, added=len(after.labels) - len(before.labels)))
    else:
        _show(after, added=len(after.labels) - len(before.labels), file=file)
    if out is not None:
        write_route(None if after.step is None else after.route, out)


def say_running(file: Path | None) -> None:
    """Say how a certificate that was begun goes on."""
    if file is not None:
        say(f"Kept in {file}: after more outcomes, centavo certify --continue {file}")


def write_route(route: Route | None, out: Path) -> None:
    """Write the route file.

    Raises:
        ConfigError: Nothing is certified, or the file cannot be written.
    """
    if route is None:
        raise ConfigError(f"{out} is not written: nothing is certified")
    try:
        out.write_text(route_text(route), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{out} cannot be written: {error.strerror or error}") from error
    say(f"Wrote {out}.")


def _show(after: RunningCertificate, *, added: int, file: Path) -> None:
    found, route = after.certificate, after.route
    promise = f"{100 * found.loss_limit:g} points of loss at {100 * found.confidence:g} %"
    if after.step is None:
        say(
            f"Nothing is certified yet: no share of {route.keep} may move to {route.candidate} with at most {promise}."
        )
    else:
        say(
            f"{100 * found.share:.0f} % of requests may move from {route.keep} to {route.candidate}:"
            f" at most {promise} ({100 * found.loss:+.1f} seen)."
        )
    columns = [
        Column("look"), Column("labels", numeric=True), Column("certified share", numeric=True)
    ]  # fmt: skip
    rows = [
        [f"{look.at:%Y-%m-%d %H:%M}", f"{look.labels:,}", f"{100 * look.share:.0f} %"]
        for look in after.looks[-_LOOKS_SHOWN:]
    ]
    print_table(Table(columns, rows))
    say(
        f"Read: {added:,} outcomes are new, {found.labels:,} certify; {len(after.trained):,} chose the router"
        " and never count. Each counts once, with its first grade."
    )
    say(f"Next: centavo certify --continue {file}, after more outcomes")


def _as_json(after: RunningCertificate, *, added: int) -> dict[str, object]:
    found = after.certificate
    return {
        "schema": "centavo.certify_running/1",
        "keep": after.route.keep,
        "candidate": after.route.candidate,
        "verdict": "nothing certified yet" if after.step is None else "certified",
        "loss_points": 100 * found.loss_limit,
        "confidence_percent": 100 * found.confidence,
        "share": found.share,
        "loss": found.loss,
        "loss_at_most": None if after.step is None else found.loss_at_most,
        "labels": found.labels,
        "added": added,
        "training_labels": len(after.trained),
        "looks": [
            {"at": look.at.isoformat(), "labels": look.labels, "share": look.share}
            for look in after.looks
        ],
    }

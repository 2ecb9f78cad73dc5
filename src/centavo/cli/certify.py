"""``centavo certify``: how much traffic may move to a cheaper model, and the route that does it."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import click

from centavo.cli.certify_running import continue_certificate, say_running, write_route
from centavo.cli.outcome_costs import clock, open_outcomes, say_priced
from centavo.cli.output import Column, Table, amount_text, print_json, print_table, say
from centavo.errors import ConfigError
from centavo.ledger.ledger import Ledger
from centavo.modelfit.outcomes import PairCount, count_pairs
from centavo.modelfit.routing.certify import FEWEST_LABELS, PairVerdict, certify_pair
from centavo.modelfit.routing.fallbacks import choose_fallbacks, load_scores
from centavo.modelfit.routing.labelled import load_pair
from centavo.modelfit.routing.running import begin_certificate
from centavo.modelfit.routing.running_file import write_running
from centavo.policy.limits import SCOPES, Match

__all__ = ["command"]

# Each pair that is tried takes its part of the doubt, so trying all would leave none for any.
_PAIRS_TRIED = 5


@click.command("certify")
@click.option("--keep", help="Model that answers now, as outcomes name it.")
@click.option("--candidate", help="Cheaper model that may answer instead.")
@click.option(
    "--loss",
    "points",
    type=float,
    default=2.0,
    show_default=True,
    help="Mean loss allowed, in points of a score from 0 to 100.",
)
@click.option(
    "--confidence", type=float, default=95.0, show_default=True, help="That it holds, in percent."
)
@click.option("--by", help="Scope that tells categories apart [default: the finest there is].")
@click.option("--score-kind", help="Kind of score, where outcomes have several.")
@click.option(
    "--match", "matches", multiple=True, metavar="SCOPE=VALUE", help="Requests the route is for."
)
@click.option(
    "--requests", type=click.IntRange(min=1), default=10_000, show_default=True,
    help="For how many requests the saving is foretold.",
)  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path), help="Write the route to this file.")
@click.option(
    "--running",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Keep the certificate in this file, so that more outcomes can be added later.",
)
@click.option(
    "--continue",
    "continued",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Add the outcomes imported since to the certificate of this file. May be repeated at any time.",
)
@click.option("--json", "json_out", is_flag=True, help="Machine-readable result on stdout.")
@click.pass_obj
def command(
    folder: Path | None,
    *,
    keep: str | None,
    candidate: str | None,
    points: float,
    confidence: float,
    by: str | None,
    score_kind: str | None,
    matches: tuple[str, ...],
    requests: int,
    out: Path | None,
    running: Path | None,
    continued: Path | None,
    json_out: bool,
) -> None:
    """Certify how much traffic may move to a cheaper model, from graded answers of both.

    A router is chosen on some of the outcomes and certified on the others, which must be a fair
    sample of the requests that it will see. Without --keep and --candidate the pairs with the most
    prompts in common are tried, each at its part of the doubt. Looking again with --continue is allowed as
    often as you like: the promise counts every look.
    """
    ledger, priced = open_outcomes(folder)
    if continued is not None:
        continue_certificate(ledger, continued, out=out, json_out=json_out)
        return
    if running is not None and not (keep and candidate):
        raise ConfigError("--running is for one pair", hint="Name it with --keep and --candidate.")
    tried = _tried(ledger, keep, candidate, score_kind)
    match, doubt = _match(matches), (1 - confidence / 100) / len(tried)
    verdicts: list[PairVerdict] = []
    for pair in tried:
        scores, costs = load_scores(ledger, pair.score_kind)
        kind = pair.score_kind
        labelled = load_pair(ledger, pair.better, pair.other, score_kind=kind, dimension=by)
        found = certify_pair(
            labelled,
            limit=points / 100,
            confidence=1 - doubt,
            requests=requests,
            once=running is None,
        )
        fallbacks = choose_fallbacks(scores, first=pair.other, costs=costs)
        verdict = _routed(found, match, fallbacks)
        verdicts.append(verdict)
        if running is not None:
            begun = begin_certificate(labelled, verdict, score_kind=kind, match=match, now=clock())
            write_running(begun, running)
    best = max(verdicts, key=_worth)
    if json_out:
        print_json(_as_json(best, verdicts, points, confidence))
    else:
        _show(best, verdicts, points=points, confidence=confidence)
        say_priced(priced)
        say_running(running)
    if out is not None:
        write_route(best.route, out)


def _routed(verdict: PairVerdict, match: Match, fallbacks: tuple[str, ...]) -> PairVerdict:
    """Return the verdict with its route, if it has one, for these requests and with these fallbacks."""
    if verdict.route is None:
        return verdict
    return replace(verdict, route=replace(verdict.route, match=match, fallbacks=fallbacks))


def _tried(
    ledger: Ledger, keep: str | None, candidate: str | None, score_kind: str | None
) -> list[PairCount]:
    """Return the pair that was named, or those with the most prompts in common."""
    known = [
        each
        for each in count_pairs(ledger)
        if score_kind in {None, each.score_kind}
        and keep in {None, each.better, each.other}
        and candidate in {None, each.better, each.other}
    ]
    if keep and candidate:
        kinds = {each.score_kind for each in known}
        if len(kinds) > 1:
            named = ", ".join(sorted(str(kind) for kind in kinds))
            raise ConfigError(
                f"the pair has several kinds of score: {named}", hint="Name one with --score-kind."
            )
        kind = next(iter(kinds), score_kind)
        # A pair without common prompts is refused where it is loaded, by name.
        return [PairCount(keep, candidate, kind, 0, 0.0, 0.0)]
    enough = [
        each
        for each in known
        if each.items >= FEWEST_LABELS
        and (keep or each.better) == each.better
        and (candidate or each.other) == each.other
    ]
    if not enough:
        raise ConfigError(
            f"no pair of models has {FEWEST_LABELS} graded prompts in common",
            hint="`centavo outcomes list` shows what there is; `centavo outcomes import FILE` adds.",
        )
    return enough[:_PAIRS_TRIED]


def _worth(verdict: PairVerdict) -> tuple[float, float]:
    saving = verdict.saving.expected if verdict.saving else 0.0
    return saving, verdict.move.share


def _match(texts: Sequence[str]) -> Match:
    found: dict[str, list[str]] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign or name not in SCOPES or not value:
            raise ConfigError(
                f"--match {text!r} is not SCOPE=VALUE", hint=f"Scopes: {', '.join(SCOPES)}."
            )
        found.setdefault(name, []).append(value)
    return tuple((name, tuple(values)) for name, values in found.items())


def _show(
    best: PairVerdict, verdicts: Sequence[PairVerdict], *, points: float, confidence: float
) -> None:
    say(*_answer(best, points, confidence))
    print_table(_frontier_table(best))
    say(
        f"Router: {best.trial.comparison.chosen.kind if best.trial.comparison.chosen else 'none'}"
        f" ({best.trial.comparison.reason})."
    )
    if len(verdicts) > 1:
        say(f"{len(verdicts)} pairs were tried, each at a {len(verdicts)}th of the doubt:")
        print_table(_pairs_table(verdicts))
    say(
        f"Read: {best.training_labels + best.move.labels:,} prompts that both models answered;"
        f" {best.training_labels:,} chose the router, {best.move.labels:,} certify."
        " It holds for requests like these."
    )
    if best.transfer:
        low, middle, high = (
            100 * each for each in (best.transfer.low, best.transfer.loss, best.transfer.high)
        )
        say(
            f"Estimated, not certified: a category that nobody has graded would lose {middle:.1f} points"
            f" ({low:.1f} to {high:.1f}), moved whole."
        )
    if best.saving is None:
        say("The saving is not known: outcomes without costs, or nothing is certified.")
    say(
        "Next: centavo certify --out route.yaml"
        if best.route
        else "Next: centavo outcomes import FILE, or a larger --loss"
    )


def _answer(best: PairVerdict, points: float, confidence: float) -> list[str]:
    if best.move.threshold is None:
        return [
            f"Not routable on these prompts: no share of {best.keep} may move to {best.candidate} with at"
            f" most {points:g} points of loss at {confidence:g} %.",
            _why_not(best, points),
        ]
    lines = [
        f"{100 * best.move.share:.0f} % of requests may move from {best.keep} to {best.candidate}:"
        f" at most {points:g} points of loss at {confidence:g} %"
        f" ({100 * best.move.loss:+.1f} seen)."
    ]
    if best.saving and best.currency:
        low, middle, high = (
            amount_text(Decimal(repr(each)), 2)
            for each in (best.saving.low, best.saving.expected, best.saving.high)
        )
        lines.append(
            f"Simulated saving on {best.saving.requests:,} requests: {middle} {best.currency}"
            f" ({low} to {high} in 95 of 100 cases)."
        )
    return lines


def _why_not(best: PairVerdict, points: float) -> str:
    gap = 100 * (best.keep_score - best.candidate_score)
    said = f"The cheaper model scores {gap:.1f} points less over all"
    if best.needed is None:
        return f"{said}, and moving the easier half already lost {points:g} points or more."
    return f"{said}; to certify half of the traffic takes about {best.needed:,} labels, as far as these tell."


def _frontier_table(best: PairVerdict) -> Table:
    columns = [
        Column("share that moves", numeric=True),
        Column("points lost", numeric=True),
        Column("certified"),
    ]
    rows = [
        [f"{100 * share:.0f} %", f"{100 * loss:.2f}", "yes" if share <= best.move.share else "no"]
        for share, loss in best.frontier
    ]
    return Table(columns, rows)


def _pairs_table(verdicts: Sequence[PairVerdict]) -> Table:
    columns = [
        Column("keep"),
        Column("candidate"),
        Column("points apart", numeric=True),
        Column("certified share", numeric=True),
    ]
    rows = [
        [
            each.keep,
            each.candidate,
            f"{100 * (each.keep_score - each.candidate_score):.1f}",
            f"{100 * each.move.share:.0f} %",
        ]
        for each in verdicts
    ]
    return Table(columns, rows)


def _as_json(
    best: PairVerdict, verdicts: Sequence[PairVerdict], points: float, confidence: float
) -> dict[str, object]:
    return {
        "schema": "centavo.certify/1",
        "loss_points": points,
        "confidence_percent": confidence,
        "best": f"{best.keep} to {best.candidate}",
        "pairs": [_pair_json(each) for each in verdicts],
    }


def _pair_json(each: PairVerdict) -> dict[str, object]:
    saving = each.saving
    return {
        "keep": each.keep,
        "candidate": each.candidate,
        "keep_score": each.keep_score,
        "candidate_score": each.candidate_score,
        "verdict": "certified" if each.route else "not routable on these prompts",
        "share": each.move.share,
        "loss": each.move.loss,
        "loss_at_most": each.route.certificate.loss_at_most
        if each.route and each.route.certificate
        else None,
        "labels": each.move.labels,
        "test": each.plan.test,
        "training_labels": each.training_labels,
        "labels_needed_for_half": each.needed,
        "router": each.trial.comparison.chosen.kind if each.trial.comparison.chosen else None,
        "reason": each.trial.comparison.reason,
        "routers": [
            {
                "name": one.name,
                "advantage_points": 100 * one.advantage,
                "gap_recovered": one.gap_recovered,
            }
            for one in each.trial.comparison.contestants
        ],
        "saving": None
        if saving is None
        else {
            "grade": "simulated",
            "requests": saving.requests,
            "low": f"{saving.low:.6f}",
            "expected": f"{saving.expected:.6f}",
            "high": f"{saving.high:.6f}",
            "currency": each.currency,
        },
        "transfer": each.transfer.__dict__ if each.transfer else None,
        "fallbacks": list(each.route.fallbacks) if each.route else [],
        "frontier": [{"share": share, "loss": loss} for share, loss in each.frontier],
    }

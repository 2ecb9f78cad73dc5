"""``centavo savings verify``: savings held against the bill of a closed month."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import cast

import click

from centavo.cli.acting import actor_option, login_name
from centavo.cli.output import print_json, say
from centavo.cli.savings_verify_text import proof_json, show_proof
from centavo.errors import ConfigError
from centavo.ledger.exchange import ExchangeRates
from centavo.ledger.ledger import Ledger
from centavo.ledger.preliminary import LATE_ROWS_DAYS
from centavo.ledger.settings import Settings
from centavo.period import parse_instant
from centavo.pricing import PriceBook
from centavo.savings.proof import (
    DRIVERS,
    Driver,
    ProofQuestion,
    proved_register,
    verify,
)
from centavo.savings.register import find_saving, load_savings, save_savings
from centavo.savings.saving import KnownSaving, StateStep
from centavo.savings.where import DIMENSIONS, Where

__all__ = ["command"]

_LIVE = ("enforced", "verified", "sustained")
# What a policy changes is no part of the scope that it is proved on.
_CHANGED = ("model", "provider", "tier")
# Levers after which there are fewer requests: these cannot count the work.
_FEWER = ("off", "retries", "duplicates", "semantic-cache")


@click.command("verify")
@click.argument("saving_id", metavar="[ID]", required=False)
@click.option("--month", help="Billing month [default: the newest that is closed].")
@click.option("--from", "live_from", help="First live day [default: when it was marked enforced].")
@click.option(
    "--hold-out", help="Scope kept on the old policy [default: requests with label holdout]."
)
@click.option("--control", help="Scope in which nothing was changed: application=faq.")
@click.option(
    "--driver",
    type=click.Choice(DRIVERS),
    help="What the work is counted by [default: requests; days or control where a lever makes fewer].",
)
@click.option(
    "--reference-days", type=click.IntRange(21, 366), default=56, show_default=True,
    help="Days before it was live that show the old policy.",
)  # fmt: skip
@click.option("--seed", type=int, default=0, show_default=True, help="Of the intervals.")
@click.option("--save/--no-save", default=True, show_default=True, help="Move it in the register.")
@click.option("--note", help="Anything that a reader of the register should know.")
@actor_option
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.pass_obj
def command(
    folder: Path | None,
    *,
    saving_id: str | None,
    month: str | None,
    live_from: str | None,
    hold_out: str | None,
    control: str | None,
    driver: str | None,
    reference_days: int,
    seed: int,
    save: bool,
    note: str | None,
    actor: str | None,
    as_json: bool,
) -> None:
    """Hold live savings against the bill: what the same work would have cost, less what was billed.

    Only a closed month proves anything, and only when its late rows have stopped (10 days). Enforced
    savings that it shows become verified; verified ones become sustained, or lapse.
    """
    settings = Settings.load(Path.cwd(), ledger=folder)
    opened, now = Ledger.open(settings.location), datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    register = load_savings(opened)
    groups = _groups(register, saving_id)
    if not groups:
        say("No saving is live: enforced, verified or sustained. `centavo savings list` shows all.")
        return

    def asked(group: Sequence[KnownSaving]) -> ProofQuestion:
        return ProofQuestion(
            scope=_scope(group[0]),
            currency=group[0].saving.currency or "",
            enforced=_day(live_from) if live_from else _enforced(group),
            month=_month(month) if month else _newest(now.date()),
            now=now,
            hold_out=_where(hold_out, "--hold-out"),
            control=_where(control, "--control"),
            reference_days=reference_days,
            driver=cast("Driver", driver) if driver else _driver(group, control),
            seed=seed,
            accounts=settings.accounts,
            models=settings.models,
        )

    questions = [(group, asked(group)) for group in groups]
    step = StateStep(now.replace(tzinfo=None), actor or login_name(), "changed", None, note)
    shown, after = _prove(opened, questions, settings, step, is_silent=as_json)
    count = save_savings(opened, register, {**register, **after}, now=now) if save else None
    if as_json:
        print_json({"schema": "centavo.proof/1", "proofs": shown, "saved": count})
        return
    say(_end(count))


def _prove(
    ledger: Ledger,
    questions: Sequence[tuple[list[KnownSaving], ProofQuestion]],
    settings: Settings,
    step: StateStep,
    *,
    is_silent: bool,
) -> tuple[list[dict[str, object]], dict[str, KnownSaving]]:
    """Return each proof as JSON, and the savings that it moves."""
    shown: list[dict[str, object]] = []
    after: dict[str, KnownSaving] = {}
    book = PriceBook.load(settings.prices)
    rates = ExchangeRates.load(settings.rates) if settings.rates else None
    for group, question in questions:
        if question.days[0] >= question.days[1]:
            say(f"{_named(group)}: live since {question.enforced}, after {question.month:%Y-%m}.")
            continue
        proof = verify(ledger, question, book=book, rates=rates)
        changed = proved_register(group, proof, step)
        after |= changed
        shown.append(proof_json(group, proof, changed))
        if not is_silent:
            show_proof(group, proof, changed)
    return shown, after


def _end(count: int | None) -> str:
    if count is None:
        return "Nothing was written (--no-save)."
    moved = f"{count:,} savings moved in the register." if count else "The register is unchanged."
    return f"{moved} Next: centavo savings list"


def _groups(register: Mapping[str, KnownSaving], saving_id: str | None) -> list[list[KnownSaving]]:
    """Return live savings of one scope, currency and first day together: a bill shows them as one."""
    if saving_id:
        known = find_saving(register, saving_id)
        if known.state not in _LIVE:
            raise ConfigError(
                f"saving {known.saving.id} is {known.state}: no bill can show it",
                hint="`centavo savings mark ID enforced` says that it is live.",
            )
    groups: dict[object, list[KnownSaving]] = {}
    for each in register.values():
        if each.state in _LIVE and each.saving.saving_kind == "reduction" and each.saving.currency:
            groups.setdefault((_scope(each).text, each.saving.currency), []).append(each)
    found = list(groups.values())
    if saving_id:
        wanted = find_saving(register, saving_id).saving.id
        found = [group for group in found if any(each.saving.id == wanted for each in group)]
    return found


def _scope(known: KnownSaving) -> Where:
    scope = known.saving.scope
    unknown = [name for name in scope if name not in DIMENSIONS]
    if unknown:
        raise ConfigError(
            f"saving {known.saving.id} is of a {unknown[0]}, by which requests are not told apart",
            hint=f"Scopes are of {', '.join(DIMENSIONS)}.",
        )
    return Where.of({name: text.split("|") for name, text in scope.items() if name not in _CHANGED})


def _enforced(group: Sequence[KnownSaving]) -> date:
    """Return the first whole day after the last of them was marked live for the first time."""
    days = [
        min((step.at.date() for step in each.history if step.action == "enforced"), default=None)
        for each in group
    ]
    marked = [day for day in days if day is not None]
    if not marked:
        raise ConfigError(
            f"nothing says since when {_named(group)} is live", hint="Give --from 2026-10-01."
        )
    return max(marked) + timedelta(days=1)


def _driver(group: Sequence[KnownSaving], control: str | None) -> Driver:
    kinds = {(each.saving.lever or "").split(" ")[0] for each in group}
    if not kinds & set(_FEWER):
        return "requests"
    return "control" if control else "days"


def _where(text: str | None, option: str) -> Where | None:
    if not text:
        return None
    values: dict[str, list[str]] = {}
    for part in text.split():
        name, equals, value = part.partition("=")
        if not equals or name not in DIMENSIONS:
            raise ConfigError(
                f"{option} {part!r} is no scope", hint=f"NAME=VALUE, of {', '.join(DIMENSIONS)}."
            )
        values.setdefault(name, []).extend(value.split("|"))
    return Where.of(values)


def _day(text: str) -> date:
    return parse_instant(text).date()


def _month(text: str) -> date:
    return _day(text).replace(day=1)


def _newest(today: date) -> date:
    """Return the newest month whose late rows have stopped."""
    settled = today - timedelta(days=LATE_ROWS_DAYS)
    return (settled.replace(day=1) - timedelta(days=1)).replace(day=1)


def _named(group: Sequence[KnownSaving]) -> str:
    return ", ".join(each.saving.id for each in group)

"""``centavo plan self-host``: metered traffic on GPUs of one's own, in whole replicas, or at the API."""

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from centavo.cli.asking import where_pairs
from centavo.cli.coverage_text import coverage_json, coverage_lines
from centavo.cli.gpu_price import gpu_hour_price
from centavo.cli.output import Column, Format, Table, amount_text, print_json, print_table, say
from centavo.errors import ConfigError, InputError
from centavo.ledger.coverage import coverage_of
from centavo.ledger.settings import Settings
from centavo.ledger.toml_lines import near_names
from centavo.money import EXACT, Money
from centavo.period import Period
from centavo.planning.sizing import GPUS, OPEN_MODELS, OpenModel, Sized

if TYPE_CHECKING:
    from collections.abc import Sequence

    from centavo.planning.sizing.self_host import Step
    from centavo.planning.sizing.serving import Engine, Precision
    from centavo.planning.token_profile import TokenProfile

__all__ = ["command"]

_FACTORS = tuple(Decimal(it) for it in ("0.5", "1", "2", "5", "10", "20", "50", "100", "200"))
_DRAWN = 120


@click.command("self-host")
@click.option("--model", required=True, help="Open-weights model, e.g. llama-3.1-70b.")
@click.option("--gpu", type=click.Choice(list(GPUS)), required=True)
@click.option(
    "--gpu-hour", help="Price of one GPU hour, in the ledger's currency [default: a list price]."
)
@click.option("--gpus", type=click.IntRange(1, 8), default=1, show_default=True,
              help="GPUs of one replica.")  # fmt: skip
@click.option("--engine", type=click.Choice(["vllm", "sglang", "trtllm"]), default="vllm",
              show_default=True)  # fmt: skip
@click.option("--precision", type=click.Choice(["bf16", "fp8", "fp4", "int4"]), default="fp8",
              show_default=True)  # fmt: skip
@click.option("--concurrency", type=click.FloatRange(min=1), default=64, show_default=True,
              help="Requests that a replica works on at once.")  # fmt: skip
@click.option("--where", "filters", multiple=True, metavar="DIMENSION=PATTERN",
              help="Only requests like this, e.g. model=gpt-4o*.")  # fmt: skip
@click.option("--since", help="First day, e.g. 2026-03 or 2026-03-05.")
@click.option("--until", help="End, excluded.")
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Draw the staircase.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def command(
    ledger: Path | None,
    *,
    model: str,
    gpu: str,
    gpu_hour: str | None,
    gpus: int,
    engine: str,
    precision: str,
    concurrency: float,
    filters: tuple[str, ...],
    since: str | None,
    until: str | None,
    svg: Path | None,
    as_json: bool,
    form: str | None,
) -> None:
    """Cost metered requests on GPUs of one's own: whole replicas for the busiest hour, against what was paid.

    The same tokens on another model: whether it answers as well is another question.
    """
    from centavo.ledger.ledger import Ledger
    from centavo.planning.sizing.serving import Serving, refuse_unfit, tokens_per_gpu_hour
    from centavo.planning.token_profile import token_profile

    known = _model(model)
    settings = Settings.load(Path.cwd(), ledger=ledger)
    period = Period.parse(since, until)
    facts = Ledger.open(settings.location, period=period)
    profile = token_profile(facts, period=period, where=where_pairs(filters))
    asked = Serving(
        model=known, gpu=GPUS[gpu], engine=cast("Engine", engine),
        precision=cast("Precision", precision), gpus=gpus, concurrency=concurrency,
        input_tokens=max(1.0, float(profile.input_tokens) / profile.requests),
        output_tokens=max(1.0, float(profile.total) / profile.requests),
    )  # fmt: skip
    refuse_unfit(asked)
    rate = tokens_per_gpu_hour(asked)
    price, price_note = gpu_hour_price(gpu, gpu_hour, currency=profile.cost.currency)
    if price is None:
        raise ConfigError(price_note.removeprefix("Price: "))
    replica = price.amount * gpus
    steps = _steps(profile, rate.value * gpus, replica, _FACTORS)
    coverage = coverage_of(facts, "usage_events")
    if svg is not None:
        svg.write_text(_drawn(profile, rate.value * gpus, replica), encoding="utf-8")
    if as_json:
        print_json(
            _as_json(profile, rate, steps, gpus=gpus) | {"coverage": coverage_json(coverage)}
        )
        return
    _answer(profile, steps, f"{gpus} x {gpu}")
    print_table(_table(steps, profile.cost.currency), form=cast("Format", form or "table"))
    told = _break_even(profile, rate, replica=replica, gpus=gpus)
    say(told, price_note, *coverage_lines(coverage))
    say("Next: centavo plan self-host … --svg staircase.svg")


def _model(name: str) -> OpenModel:
    if name not in OPEN_MODELS:
        raise InputError(f"no size is known of {name!r}", hint=near_names(name, OPEN_MODELS))
    return OPEN_MODELS[name]


def _answer(profile: "TokenProfile", steps: "Sequence[Step]", host: str) -> None:
    one = next(it for it in steps if it.factor == 1)
    currency = profile.cost.currency
    replicas = "1 replica" if one.costs.replicas == 1 else f"{one.costs.replicas} replicas"
    say(
        f"{profile.requests:,} requests in {len(profile.output_tokens):,} hours cost"
        f" {amount_text(profile.cost.amount)} {currency}; {replicas} of {host} for all of them"
        f" {amount_text(one.costs.hosted)} {currency}, used to {100 * one.costs.utilisation:.1f} %:"
        " simulated."
    )


def _as_json(
    profile: "TokenProfile", rate: Sized, steps: "Sequence[Step]", *, gpus: int
) -> dict[str, object]:
    return {
        "schema": "centavo.plan.self_host/1",
        "grade": "simulated",
        "hours": len(profile.output_tokens),
        "requests": profile.requests,
        "output_tokens": str(profile.total),
        "paid": profile.cost.as_json(),
        "tokens_per_replica_hour": {
            "value": rate.value * gpus,
            "low": rate.low * gpus,
            "high": rate.high * gpus,
        },
        "steps": [_step_json(it, profile.cost.currency) for it in steps],
    }


def _steps(
    profile: "TokenProfile", tokens_per_replica_hour: float, replica: Decimal,
    factors: "Sequence[Decimal]",
) -> "tuple[Step, ...]":  # fmt: skip
    from centavo.planning.sizing.self_host import staircase

    return staircase(
        profile.output_tokens,
        factors,
        tokens_per_replica_hour=Decimal(repr(tokens_per_replica_hour)),
        replica_per_hour=replica,
        api_per_token=EXACT.divide(profile.cost.amount, profile.total),
    )


def _table(steps: "Sequence[Step]", currency: str) -> Table:
    columns = [
        Column("traffic", numeric=True), Column("replicas", numeric=True),
        Column(f"hosted {currency}", numeric=True), Column("by the hour", numeric=True, drop=1),
        Column("API", numeric=True), Column("used", numeric=True, drop=2), Column("cheaper"),
    ]  # fmt: skip
    rows = [
        [
            f"x {it.factor:f}", str(it.costs.replicas), amount_text(it.costs.hosted),
            amount_text(it.costs.scaled), amount_text(it.costs.bought),
            f"{100 * it.costs.utilisation:.1f} %",
            "hosted" if it.costs.hosted < it.costs.bought else "API",
        ]
        for it in steps
    ]  # fmt: skip
    return Table(columns, rows)


def _break_even(profile: "TokenProfile", rate: Sized, *, replica: Decimal, gpus: int) -> str:
    """Return from which growth on hosting is cheaper, at the value and at the ends of its band."""
    found: list[str] = []
    for tokens in (rate.value, rate.high, rate.low):
        steps = _steps(profile, tokens * gpus, replica, [Decimal(it) for it in range(1, 301)])
        cheaper = next((it for it in steps if it.costs.hosted < it.costs.bought), None)
        found.append("beyond x 300" if cheaper is None else f"x {cheaper.factor:f}")
    return (
        f"Hosting is first cheaper at {found[0]} of this traffic, {found[1]} to {found[2]} over the band"
        " of what a replica yields; its shape by hour is taken to stay."
    )


def _step_json(it: "Step", currency: str) -> dict[str, object]:
    costs = it.costs
    return {
        "factor": str(it.factor),
        "replicas": costs.replicas,
        "hosted": Money(costs.hosted, currency).rounded().as_json(),
        "hosted_by_the_hour": Money(costs.scaled, currency).rounded().as_json(),
        "api": Money(costs.bought, currency).rounded().as_json(),
        "utilisation": f"{costs.utilisation:.6f}",
    }


def _drawn(profile: "TokenProfile", tokens_per_replica_hour: float, replica: Decimal) -> str:
    from centavo.planning.plan_charts import replica_staircase

    steps = _steps(
        profile, tokens_per_replica_hour, replica, [Decimal(it) for it in range(1, _DRAWN + 1)]
    )
    return replica_staircase(steps, currency=profile.cost.currency)

"""``centavo plan size``: tokens to GPU hours, for serving and for fine-tuning, each with its band."""

from typing import TYPE_CHECKING, cast

import click

from centavo.cli.output import Column, Table, print_json, print_table, say
from centavo.errors import InputError
from centavo.ledger.toml_lines import near_names
from centavo.planning.sizing import GPUS, OPEN_MODELS, OpenModel, Sized

if TYPE_CHECKING:
    from centavo.planning.sizing.serving import Engine, Precision
    from centavo.planning.sizing.training import Method

__all__ = ["command"]

_JSON = click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
_MODEL = click.option("--model", required=True, help="Open-weights model, e.g. llama-3.1-8b.")
_GPU = click.option("--gpu", type=click.Choice(list(GPUS)), required=True)


@click.group("size")
def command() -> None:
    """Size serving and fine-tuning: GPU hours with the band that 90 % of measurements stay in."""


@command.command("serving")
@_MODEL
@_GPU
@click.option("--engine", type=click.Choice(["vllm", "sglang", "trtllm"]), default="vllm",
              show_default=True)  # fmt: skip
@click.option("--precision", type=click.Choice(["bf16", "fp8", "fp4", "int4"]), default="fp8",
              show_default=True)  # fmt: skip
@click.option("--gpus", type=click.IntRange(1, 8), default=1, show_default=True,
              help="GPUs of one replica.")  # fmt: skip
@click.option("--concurrency", type=click.FloatRange(min=1), default=32, show_default=True)
@click.option("--input-tokens", type=click.FloatRange(min=1), default=1024, show_default=True)
@click.option("--output-tokens", type=click.FloatRange(min=1), default=1024, show_default=True)
@click.option("--tokens", type=click.FloatRange(min=1), help="Output tokens a month to serve.")
@_JSON
def serving(
    model: str,
    gpu: str,
    *,
    engine: str,
    precision: str,
    gpus: int,
    concurrency: float,
    input_tokens: float,
    output_tokens: float,
    tokens: float | None,
    as_json: bool,
) -> None:
    """Size serving a MODEL: output tokens per GPU hour, and GPU hours for --tokens.

    At a steady load: what idles is paid for as well.
    """
    from centavo.planning.sizing.serving import Serving, token_s, tokens_per_gpu_hour

    asked = Serving(
        model=_known(model), gpu=GPUS[gpu],
        engine=cast("Engine", engine), precision=cast("Precision", precision),
        gpus=gpus, concurrency=concurrency, input_tokens=input_tokens, output_tokens=output_tokens,
    )  # fmt: skip
    rate = tokens_per_gpu_hour(asked)
    rows = {"output tokens per GPU hour": rate, "seconds an output token": token_s(asked)}
    if tokens is not None:
        rows["GPU hours"] = rate.per(tokens, "GPU hours")
    _show(rows, f"{model} on {gpus} x {gpu}, {engine}, {precision}", as_json=as_json)


@command.command("training")
@_MODEL
@click.option("--gpu", type=click.Choice(["a100-40gb", "a100-80gb", "h100-sxm"]), required=True)
@click.option("--tokens", type=click.FloatRange(min=1), required=True, help="Tokens trained on.")
@click.option("--method", type=click.Choice(["full", "lora", "qlora"]), default="full",
              show_default=True)  # fmt: skip
@click.option("--context", type=click.FloatRange(min=1), default=2048, show_default=True)
@_JSON
def training(
    model: str, *, gpu: str, tokens: float, method: str, context: float, as_json: bool
) -> None:
    """Size fine-tuning a MODEL on so many tokens: GPU hours."""
    from centavo.planning.sizing.training import TrainingRun, training_gpu_hours

    found = _known(model)
    run = TrainingRun(found.active, found.layers, found.hidden, context, gpu)
    rows = {"GPU hours": training_gpu_hours(run, tokens, method=cast("Method", method))}
    _show(rows, f"{method} fine-tuning of {model} on {gpu}", as_json=as_json)


def _known(name: str) -> OpenModel:
    if name not in OPEN_MODELS:
        raise InputError(f"no size is known of {name!r}", hint=near_names(name, OPEN_MODELS))
    return OPEN_MODELS[name]


def _show(rows: dict[str, Sized], title: str, *, as_json: bool) -> None:
    if as_json:
        sized = {
            name: {"value": it.value, "low": it.low, "high": it.high, "unit": it.unit}
            for name, it in rows.items()
        }
        print_json({"schema": "centavo.plan.size/1", "of": title, "grade": "simulated", **sized})
        return
    name, first = next(iter(rows.items()))
    say(f"{title}: {_number(first.value)} {name}, simulated.")
    columns = [Column("what"), Column("value", numeric=True), Column("low", numeric=True),
               Column("high", numeric=True)]  # fmt: skip
    shown = [[what, *(_number(it) for it in (s.value, s.low, s.high))] for what, s in rows.items()]
    exact = [[what, *(repr(it) for it in (s.value, s.low, s.high))] for what, s in rows.items()]
    print_table(Table(columns, shown, exact))
    say("Coverage: 90 % of published measurements of models that the fit had not seen lay within.")
    say("Next: put it into a plan: a driver with value and range (docs/sizing.md).")


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.4g}"

"""``centavo plan size serving|fine-tuning``: tokens to GPU hours and money, each with its band."""

from typing import TYPE_CHECKING, cast

import click

from centavo.cli.gpu_price import gpu_hour_price
from centavo.cli.plan_size_text import (
    SizeRow,
    cost_row,
    known_model,
    positive,
    show_sizes,
    sized_row,
)
from centavo.errors import ConfigError
from centavo.money import Money
from centavo.planning.sizing import GPUS

if TYPE_CHECKING:
    from centavo.planning.sizing.serving import Engine, Precision, Serving
    from centavo.planning.sizing.serving_hours import ServedLoad
    from centavo.planning.sizing.training import Method

__all__ = ["fine_tuning", "serving"]

_JSON = click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
_MODEL = click.option("--model", required=True, help="Open-weights model, e.g. llama-3.1-8b.")
_GPU_HOUR = click.option("--gpu-hour", help="Price of one GPU hour in USD  [default: a list price]")
_COVERAGE = (
    "Coverage: 90 % of published measurements of models that the fit had not seen lay within."
)
# Shipped list prices for a GPU hour, where there is one of this very GPU.


@click.command("serving")
@_MODEL
@click.option("--gpu", type=click.Choice(list(GPUS)), required=True)
@click.option("--engine", type=click.Choice(["vllm", "sglang", "trtllm"]), default="vllm",
              show_default=True)  # fmt: skip
@click.option("--precision", type=click.Choice(["bf16", "fp8", "fp4", "int4"]), default="fp8",
              show_default=True)  # fmt: skip
@click.option("--gpus", type=click.IntRange(1, 8), default=1, show_default=True,
              help="GPUs of one replica.")  # fmt: skip
@click.option("--concurrency", type=click.FloatRange(min=1), default=32, show_default=True)
@click.option("--input-tokens", type=click.FloatRange(min=1), default=1024, show_default=True)
@click.option("--output-tokens", type=click.FloatRange(min=1), default=1024, show_default=True)
@click.option("--tokens", type=click.FloatRange(min=1),
              help="Output tokens a month, on GPUs that are always busy.")  # fmt: skip
@click.option("--hourly", help="Output tokens of each hour, e.g. of a day: 0,0,2e6,… It repeats.")
@_GPU_HOUR
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
    hourly: str | None,
    gpu_hour: str | None,
    as_json: bool,
) -> None:
    """Size serving a MODEL: GPUs, GPU hours, cost of 1M output tokens, latency class.

    --hourly takes whole replicas for the busiest hour and pays them for all hours; without it the
    GPUs are always busy.
    """
    from centavo.planning.sizing.serving import Serving, refuse_unfit

    if tokens is not None and hourly is not None:
        raise ConfigError("--tokens and --hourly say the same thing twice", hint="Give one.")
    asked = Serving(
        model=known_model(model), gpu=GPUS[gpu],
        engine=cast("Engine", engine), precision=cast("Precision", precision),
        gpus=gpus, concurrency=concurrency, input_tokens=input_tokens, output_tokens=output_tokens,
    )  # fmt: skip
    refuse_unfit(asked)
    price, price_note = gpu_hour_price(gpu, gpu_hour)
    rows = _serving_rows(asked, tokens, _profile(hourly), price)
    latency, latency_notes = _latency(asked)
    show_sizes(
        rows,
        title=f"{model} on {gpus} x {gpu}, {engine}, {precision}",
        grade="simulated",
        notes=(*latency_notes, price_note, _COVERAGE),
        more={"latency": latency, "price": price_note},
        as_json=as_json,
    )


def _serving_rows(
    asked: "Serving", tokens: float | None, profile: list[float] | None, price: Money | None
) -> list[SizeRow]:
    from centavo.planning.sizing.serving import token_s, tokens_per_gpu_hour
    from centavo.planning.sizing.serving_hours import HOURS_A_MONTH, cost_per_mtoken, served_load

    rate = tokens_per_gpu_hour(asked)
    rows = [
        sized_row("output tokens per GPU hour", rate),
        sized_row("seconds an output token", token_s(asked)),
    ]
    hours, served = rate.per(1e6, "GPU hours"), 1e6
    if profile is not None:
        load: ServedLoad = served_load(asked, profile)
        hours, served = load.gpu_hours, load.tokens
        rows += [sized_row("GPUs", load.gpus), sized_row("GPU hours a month", hours)]
    elif tokens is not None:
        hours, served = rate.per(tokens, "GPU hours"), tokens
        even = served_load(asked, [tokens / HOURS_A_MONTH])
        rows += [sized_row("GPUs, at an even load", even.gpus), sized_row("GPU hours", hours)]
    if price is not None:
        cost = cost_per_mtoken(hours, served, price)
        rows.append(cost_row(f"{price.currency} for 1M output tokens", cost))
    return rows


def _latency(asked: "Serving") -> tuple[dict[str, object], tuple[str, ...]]:
    """Return the latency class as data and as lines."""
    from centavo.planning.sizing.latency import latency_class
    from centavo.planning.sizing.serving import lowest_first_token_s, token_s

    each, first = token_s(asked), lowest_first_token_s(asked)
    found, slow = latency_class(each.value, first), latency_class(each.high, first)
    at_slow = "" if slow == found else f" ({slow} at the slow end of the band)"
    notes = (
        f"Latency: {found}{at_slow}: {each.value * 1e3:.3g} ms a token on average, the first one"
        f" after {first * 1e3:.3g} ms at least.",
        "Its limits are MLPerf's: interactive 40 and 450 ms, relaxed 200 ms and 2 s; beyond: batch.",
    )
    return {"class": found, "class_at_slow_end": slow, "first_token_at_least_s": first}, notes


def _profile(text: str | None) -> list[float] | None:
    if text is None:
        return None
    return [float(positive(it.strip(), "--hourly", zero=True)) for it in text.split(",")]


@click.command("fine-tuning")
@_MODEL
@click.option("--gpu", type=click.Choice(["a100-40gb", "a100-80gb", "h100-sxm"]), required=True)
@click.option("--tokens", type=click.FloatRange(min=1), required=True, help="Tokens trained on.")
@click.option("--method", type=click.Choice(["full", "lora", "qlora"]), default="full",
              show_default=True)  # fmt: skip
@click.option("--context", type=click.FloatRange(min=1), default=2048, show_default=True)
@_GPU_HOUR
@_JSON
def fine_tuning(
    model: str, *, gpu: str, tokens: float, method: str, context: float, gpu_hour: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Size fine-tuning a MODEL on so many tokens: GPU hours and what they cost."""
    from centavo.planning.sizing.serving_hours import cost_of
    from centavo.planning.sizing.training import TrainingRun, training_gpu_hours

    found = known_model(model)
    run = TrainingRun(found.active, found.layers, found.hidden, context, gpu)
    hours = training_gpu_hours(run, tokens, method=cast("Method", method))
    rows = [sized_row("GPU hours", hours)]
    price, note = gpu_hour_price(gpu, gpu_hour)
    if price is not None:
        rows.append(cost_row(price.currency, cost_of(hours, price)))
    show_sizes(
        rows,
        title=f"{method} fine-tuning of {model} on {gpu}",
        grade="simulated",
        notes=(note, _COVERAGE),
        more={"price": note},
        as_json=as_json,
    )

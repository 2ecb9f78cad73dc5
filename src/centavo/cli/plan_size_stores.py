"""``centavo plan size embeddings|storage|logs|local-host``: exact sums of gigabytes, kilowatt-hours, reais."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, cast

import click

from centavo.cli.plan_size_text import (
    SizeRow,
    exact_row,
    known_model,
    money_row,
    positive,
    show_sizes,
)
from centavo.errors import ConfigError
from centavo.money import Money, currency_code
from centavo.planning.sizing.stores import (
    checkpoint_gb,
    data_set_gb,
    embedding_store_gb,
    internet_cost_per_month,
    log_gb_per_month,
    power_cost_per_month,
    power_kwh_per_month,
)

if TYPE_CHECKING:
    from centavo.planning.sizing.training import Method

__all__ = ["embeddings", "local_host", "logs", "storage"]

_JSON = click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
_EXACT = "Coverage: an exact sum of what you stated; nothing was measured."


@click.command("embeddings")
@click.option("--chunks", required=True, help="Texts that are embedded.")
@click.option("--dimensions", type=click.IntRange(min=1), required=True)
@click.option("--bytes-per-value", default="4", show_default=True, help="4 for 32-bit floats.")
@click.option("--index-share", default="0.5", show_default=True,
              help="What the index adds to the values.")  # fmt: skip
@click.option("--chunk-tokens", help="Tokens of a chunk: also says how many are to be embedded.")
@_JSON
def embeddings(
    chunks: str, *, dimensions: int, bytes_per_value: str, index_share: str,
    chunk_tokens: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Size a vector store: gigabytes, and the tokens to embed."""
    count = positive(chunks, "--chunks")
    size = embedding_store_gb(
        count,
        dimensions=dimensions,
        bytes_per_value=positive(bytes_per_value, "--bytes-per-value"),
        index_share=positive(index_share, "--index-share", zero=True),
    )
    rows = [exact_row("GB", size, "GB")]
    if chunk_tokens is not None:
        tokens = count * positive(chunk_tokens, "--chunk-tokens")
        rows.append(exact_row("tokens to embed", tokens, "tokens"))
    _show(rows, f"{chunks} chunks of {dimensions} dimensions", as_json=as_json)


@click.command("storage")
@click.option("--tokens", help="Tokens of the data set.")
@click.option("--bytes-per-token", default="4", show_default=True)
@click.option("--model", help="Open-weights model whose checkpoints are kept.")
@click.option("--parameters", help="Parameters of a model that is not in the table.")
@click.option("--method", type=click.Choice(["full", "lora", "qlora"]), default="full",
              show_default=True)  # fmt: skip
@click.option("--adapter-parameters", default="0", help="Of LoRA and QLoRA.")
@click.option("--kept", type=click.IntRange(min=1), default=1, show_default=True,
              help="Checkpoints kept at once.")  # fmt: skip
@_JSON
def storage(
    *,
    tokens: str | None,
    bytes_per_token: str,
    model: str | None,
    parameters: str | None,
    method: str,
    adapter_parameters: str,
    kept: int,
    as_json: bool,
) -> None:
    """Size what is kept for training: a data set, checkpoints, or both."""
    size = _parameters(model, parameters)
    if tokens is None and size is None:
        raise ConfigError("nothing to size", hint="Give --tokens, --model or --parameters.")
    rows: list[SizeRow] = []
    if tokens is not None:
        each = positive(bytes_per_token, "--bytes-per-token")
        data_set = data_set_gb(positive(tokens, "--tokens"), bytes_per_token=each)
        rows.append(exact_row("GB of data set", data_set, "GB"))
    if size is not None:
        checkpoints = checkpoint_gb(
            size,
            method=cast("Method", method),
            kept=kept,
            adapters=positive(adapter_parameters, "--adapter-parameters", zero=True),
        )
        rows.append(exact_row("GB of checkpoints", checkpoints, "GB"))
    if len(rows) > 1:
        total = sum((Decimal(it.value) for it in rows), Decimal(0))
        rows.insert(0, exact_row("GB", total, "GB"))
    _show(rows, "data set and checkpoints", as_json=as_json)


def _parameters(model: str | None, stated: str | None) -> Decimal | None:
    if model is not None and stated is not None:
        raise ConfigError("--model and --parameters say the same thing twice", hint="Give one.")
    if model is not None:
        return Decimal(f"{known_model(model).parameters:.0f}")
    return None if stated is None else positive(stated, "--parameters")


@click.command("logs")
@click.option("--requests", required=True, help="Requests a month.")
@click.option("--bytes-per-request", required=True)
@click.option("--months-kept", default="1", show_default=True)
@_JSON
def logs(requests: str, *, bytes_per_request: str, months_kept: str, as_json: bool) -> None:
    """Size logs: gigabytes written in a month, and kept."""
    month = log_gb_per_month(
        positive(requests, "--requests"),
        bytes_per_request=positive(bytes_per_request, "--bytes-per-request"),
    )
    kept = month * positive(months_kept, "--months-kept")
    rows = [exact_row("GB a month", month, "GB"), exact_row("GB kept", kept, "GB")]
    _show(rows, f"logs of {requests} requests a month", as_json=as_json)


@click.command("local-host")
@click.option("--watts-busy", required=True, help="Drawn at work.")
@click.option("--watts-idle", required=True, help="Drawn waiting.")
@click.option("--busy-share", required=True, help="Share of hours at work, 0 to 1.")
@click.option("--overhead", default="1", show_default=True, help="Times that for cooling.")
@click.option("--tariff", required=True, help="Price of a kWh, taxes within.")
@click.option("--internet", default="0", help="Price of the internet plan a month.")
@click.option("--internet-share", default="1", show_default=True, help="The host's part, 0 to 1.")
@click.option("--currency", default="BRL", show_default=True)
@_JSON
def local_host(
    *,
    watts_busy: str,
    watts_idle: str,
    busy_share: str,
    overhead: str,
    tariff: str,
    internet: str,
    internet_share: str,
    currency: str,
    as_json: bool,
) -> None:
    """Cost a host of one's own for a month: energy at a tariff, and its part of the internet."""
    code = currency_code(currency)
    kwh = power_kwh_per_month(
        positive(watts_busy, "--watts-busy", zero=True),
        positive(watts_idle, "--watts-idle", zero=True),
        busy_share=positive(busy_share, "--busy-share", zero=True),
        overhead=positive(overhead, "--overhead"),
    )
    energy = power_cost_per_month(kwh, positive(tariff, "--tariff"))
    online = internet_cost_per_month(
        positive(internet, "--internet", zero=True),
        share=positive(internet_share, "--internet-share", zero=True),
    )
    rows = [
        money_row(f"{code} a month", Money(energy + online, code)),
        money_row(f"{code} of energy", Money(energy, code)),
        money_row(f"{code} of internet", Money(online, code)),
        exact_row("kWh a month", kwh, "kWh"),
    ]
    _show(rows, "a local host", as_json=as_json)


def _show(rows: Sequence[SizeRow], title: str, *, as_json: bool) -> None:
    show_sizes(rows, title=title, grade="estimated", notes=(_EXACT,), more={}, as_json=as_json)

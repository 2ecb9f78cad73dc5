"""``centavo prompts cache``: the cache plan of the ledger, or a trace of block hashes replayed under given terms."""

from decimal import Decimal
from pathlib import Path
from typing import cast

import click

from centavo.cli.output import (
    Column,
    Format,
    Table,
    amount_text,
    count_text,
    print_json,
    print_table,
    say,
    share_text,
)
from centavo.cli.prompts_cache_plan import show_cache_plan
from centavo.errors import ConfigError
from centavo.prompts.cache import (
    CachePrices,
    Lifetime,
    PolicyResult,
    choose_policy,
    read_block_trace,
)

__all__ = ["command"]

_MOST_S = 10**9


@click.command("cache")
@click.argument("trace", required=False, type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--input", "input_price", default="3", show_default=True, help="USD per million tokens."
)
@click.option(
    "--output", "output_price", default="15", show_default=True, help="The same of output."
)
@click.option("--read", "read_price", default="0.30", show_default=True, help="Of a cache read.")
@click.option("--write", "write_price", default="3.75", show_default=True, help="Of a cache write.")
@click.option(
    "--lifetime", "lifetime_s", type=click.IntRange(min=1), default=300, show_default=True,
    help="Seconds that what is written or read lives.",
)  # fmt: skip
@click.option(
    "--minimum", type=click.IntRange(min=0), default=0, help="Fewest tokens that are cached."
)
@click.option(
    "--block-tokens", type=click.IntRange(min=1), default=512, show_default=True,
    help="Tokens of a block of the trace.",
)  # fmt: skip
@click.option("--fixed", is_flag=True, help="A read does not restart the lifetime.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def command(
    folder: Path | None,
    *,
    trace: Path | None,
    input_price: str,
    output_price: str,
    read_price: str,
    write_price: str,
    lifetime_s: int,
    minimum: int,
    block_tokens: int,
    fixed: bool,
    as_json: bool,
    form: str | None,
) -> None:
    """Say what to do about each beginning that kept prompts share; never worse than no cache.

    With TRACE (JSON lines with hash_ids) it is replayed under the terms that the options state instead.
    Policies decide from what came before; the oracle knows the future and is the bound.
    """
    if trace is None:
        show_cache_plan(folder, as_json=as_json, form=cast("Format", form or "table"))
        return
    requests = read_block_trace(trace, block_tokens=block_tokens)
    lifetime = Lifetime(min(lifetime_s, _MOST_S), is_refreshed=not fixed, minimum_tokens=minimum)
    prices = CachePrices(
        _price(input_price), _price(read_price), _price(write_price), _price(output_price)
    )
    best, tried = choose_policy(requests, lifetime, prices)
    if as_json:
        print_json(
            {
                "schema": "centavo.prompt-cache/1",
                "requests": len(requests),
                "chosen": best.name,
                "policies": {name: _json(each) for name, each in tried.items()},
            }
        )
        return
    say(
        f"{len(requests):,} requests cost {amount_text(best.cost_without)} USD without a cache and"
        f" {amount_text(best.cost)} USD with policy {best.name}:"
        f" {share_text(best.saving, best.cost_without) or 'nothing'} saved."
    )
    columns = [
        Column("policy"), Column("USD", numeric=True), Column("saved", numeric=True),
        Column("read", numeric=True), Column("written", numeric=True, drop=1),
        Column("uncached", numeric=True, drop=2),
    ]  # fmt: skip
    rows = [_row(each) for each in tried.values()]
    print_table(Table(columns, rows), form=cast("Format", form or "table"))
    say("All figures are simulated. Next: centavo prompts")


def _row(result: PolicyResult) -> list[str | None]:
    use = result.use
    tokens = [count_text(each) for each in (use.read, use.written, use.uncached)]
    saved = share_text(result.saving, result.cost_without)
    return [result.name, amount_text(result.cost, 4), saved, *tokens]


def _json(result: PolicyResult) -> dict[str, object]:
    return {
        "cost_usd": str(result.cost),
        "saving_usd": str(result.saving),
        "saving_share": f"{result.share:.6f}",
        "read_tokens": result.use.read,
        "written_tokens": result.use.written,
        "uncached_tokens": result.use.uncached,
    }


def _price(text: str) -> Decimal:
    try:
        price = Decimal(text)
    except ArithmeticError:
        price = Decimal(-1)
    if not price.is_finite() or price < 0:
        raise ConfigError(f"{text!r} is not a price", hint="USD for a million tokens: 3.75")
    return price

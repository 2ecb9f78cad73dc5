"""``centavo prices cloud``: prices of machines, storage, logs, traffic and plans."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import cast

import click

from centavo.cli.output import Column, Format, print_json, say
from centavo.cli.price_texts import plain_price, print_speaking
from centavo.errors import PriceError
from centavo.ledger.settings import Settings
from centavo.period import parse_instant
from centavo.pricing.cloud_prices import KINDS, CloudPrice, CloudPrices

__all__ = ["command"]

# An older sight of a list price is worth a second look.
_STALE_DAYS = 180


@click.command("cloud")
@click.argument("name", required=False)
@click.option("--kind", type=click.Choice(KINDS), help="Only prices of this kind.")
@click.option("--at", help="Prices that hold on this day [default: today].")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def command(
    ledger: Path | None,
    name: str | None,
    *,
    kind: str | None,
    at: str | None,
    as_json: bool,
    form: str | None,
) -> None:
    """Show hand-kept prices, all or those whose id or description contain NAME.

    With an id, every dated price of it. Your own file (`[prices] cloud`) wins over what is shipped.
    """
    settings = Settings.load(Path.cwd(), ledger=ledger)
    prices = CloudPrices.load(settings.cloud)
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    day = parse_instant(at).date() if at else now.date()
    exact = name in prices.ids()
    names = prices.matching(name) if name and not exact else prices.ids()
    found = (
        list(prices.history(name))
        if name and exact
        else [it for it in (prices.find(each, day) for each in names) if it is not None]
    )
    shown = [it for it in found if kind in {None, it.kind}]
    if not shown:
        raise PriceError(
            f"no cloud price matches {name or kind or day.isoformat()!r}",
            hint="`centavo prices cloud` lists all; your own go into `[prices] cloud`.",
        )
    if as_json:
        print_json(
            {
                "schema": "centavo.prices.cloud/1",
                "at": day.isoformat(),
                "prices": [_as_json(it) for it in shown],
            }
        )
        return
    which = f"every dated price of {name}" if exact else f"on {day}"
    say(f"{len(shown)} prices, {which}, hand-kept with a source each.")
    _print(shown, cast("Format", form or "table"))
    if exact:
        for it in shown:
            say(f"{it.start}: {it.source}{f'. {it.note}' if it.note else ''}")
    stale = sum((day - _seen(it)).days > _STALE_DAYS for it in shown)
    if stale:
        say(f"{stale} of them were last seen more than {_STALE_DAYS} days before: check them.")
    if not exact:
        say("Next: centavo prices cloud ID: its history, source and conditions.")


def _seen(price: CloudPrice) -> date:
    return price.as_of or price.valid_from or price.start


def _print(prices: Sequence[CloudPrice], form: Format) -> None:
    columns = [
        Column("id"), Column("price", numeric=True), Column("currency"), Column("unit"),
        Column("what", drop=1), Column("region", drop=4), Column("valid from", drop=6),
        Column("as of", drop=2), Column("evidence", drop=3), Column("own", drop=5),
        Column("source", drop=7),
    ]  # fmt: skip
    rows = [
        [
            it.id, plain_price(it.price.amount), it.price.currency, it.unit, it.what, it.region,
            it.valid_from.isoformat() if it.valid_from else None,
            it.as_of.isoformat() if it.as_of else None, it.evidence,
            "yes" if it.own else "no", it.source,
        ]
        for it in prices
    ]  # fmt: skip
    silent: dict[str, str | None] = {
        "evidence": "list",
        "own": "no",
        "region": None,
        "valid from": None,
    }
    print_speaking(columns, rows, rows, silent=silent, whole=("id",), form=form)


def _as_json(price: CloudPrice) -> dict[str, object]:
    return {
        "id": price.id,
        "kind": price.kind,
        "provider": price.provider,
        "what": price.what,
        "unit": price.unit,
        "price": price.price.as_json(),
        "region": price.region,
        "valid_from": price.valid_from.isoformat() if price.valid_from else None,
        "as_of": price.as_of.isoformat() if price.as_of else None,
        "evidence": price.evidence,
        "gpus": price.gpus,
        "source": price.source,
        "note": price.note,
        "own": price.own,
    }

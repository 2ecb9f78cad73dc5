"""``centavo prices disputes``: the price book against a second opinion, with the money at stake."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path
from typing import cast

import click

from centavo.cli.output import (
    Column,
    Format,
    count_text,
    decimals_for,
    print_json,
    say,
)
from centavo.cli.price_texts import (
    money_text,
    percent_text,
    plain_price,
    print_speaking,
    signed_text,
)
from centavo.errors import ConfigError, GateError
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.money import Money
from centavo.period import Period
from centavo.pricing import PriceBook
from centavo.pricing.dispute_causes import CAUSE_TEXTS, Cause
from centavo.pricing.disputes import Comparison, Dispute, compare_with, price_thresholds
from centavo.pricing.recent_usage import NamedUsage, recent_window, usage_by_names
from centavo.pricing.second_opinion import SecondOpinion, installed_map

__all__ = ["command"]


@click.command("disputes")
@click.option("--model", help="Only models like this; * and ? are wildcards.")
@click.option("--provider", help="Only this provider; * and ? are wildcards.")
@click.option("--all", "every", is_flag=True, help="Every model of the price list, not those used.")
@click.option("--since", help="First day of usage [default: the last 30 complete days].")
@click.option("--until", help="End of usage, excluded.")
@click.option(
    "--file",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="LiteLLM's price map [default: `[prices] second_opinion`, else the package].",
)
@click.option("--fail-on-any", is_flag=True, help="Exit 1 when a price is disputed.")
@click.option("--json", "as_json", is_flag=True, help="Machine-readable result on stdout.")
@click.option(
    "--format", "form", type=click.Choice(["csv", "md"]), help="Table as CSV or Markdown."
)
@click.pass_obj
def command(
    ledger: Path | None,
    *,
    model: str | None,
    provider: str | None,
    every: bool,
    since: str | None,
    until: str | None,
    file: Path | None,
    fail_on_any: bool,
    as_json: bool,
    form: str | None,
) -> None:
    """Show prices on which LiteLLM's price map disagrees with the price book, and why.

    A dispute is shown, never resolved: the price book goes on pricing. What is at stake is what the
    usage would have cost more (or less) at the other price.
    """
    settings = Settings.load(Path.cwd(), ledger=ledger)
    opinion = SecondOpinion.read(_map(file, settings))
    book = PriceBook.load(settings.prices)
    now = datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters
    usage, days = (None, None) if every else _usage(settings, book, opinion, (since, until), now)
    found = compare_with(book, opinion, usage, now=now)
    shown = [
        it
        for it in found.disputes
        if fnmatchcase(it.model, (model or "*").lower())
        and fnmatchcase(it.provider.lower(), (provider or "*").lower())
    ]
    if as_json:
        print_json(_as_json(found, shown, opinion, book, days))
    else:
        _show(found, shown, opinion, days, cast("Format", form or "table"))
    if fail_on_any and shown:
        raise GateError(f"{len(shown):,} prices are disputed")


def _map(file: Path | None, settings: Settings) -> Path:
    path = file or settings.second_opinion or installed_map()
    if path is None:
        raise ConfigError(
            "there is no second opinion to compare with",
            hint="Install litellm beside centavo, or name its model_prices_and_context_window.json "
            "with --file or as `second_opinion` under [prices] in centavo.toml.",
        )
    return path


def _usage(
    settings: Settings,
    book: PriceBook,
    opinion: SecondOpinion,
    bounds: tuple[str | None, str | None],
    now: datetime,
) -> tuple[list[NamedUsage], str]:
    opened = Ledger.open(settings.location)
    if any(bounds):
        period = Period.parse(*bounds)
        days = f"{bounds[0] or 'the beginning'} until {bounds[1] or 'the end'}"
    else:
        window = recent_window(opened, now=now)
        if window is None:
            raise ConfigError(
                "the ledger holds no requests to weigh disputes with",
                hint="Read a request log first, or use --all for the whole price list.",
            )
        period, days = window.period, f"{window.first} until {window.end}"
    return usage_by_names(opened, period, price_thresholds(book, opinion)), days


def _show(
    found: Comparison,
    shown: Sequence[Dispute],
    opinion: SecondOpinion,
    days: str | None,
    form: Format,
) -> None:
    models = len({(it.provider, it.model) for it in shown})
    stake = _stake(shown)
    weighed = f"; {money_text(stake)} at stake" if stake else ""
    over = f" with the usage of {days}" if days else ""
    prices = "1 price" if len(shown) == 1 else f"{len(shown):,} prices"
    of = "1 model" if models == 1 else f"{models:,} models"
    say(f"{prices} of {of} differ from {opinion.source}{weighed}{over}.")
    if shown:
        _print(shown, form)
    causes: dict[Cause, None] = dict.fromkeys(it.cause for it in shown)
    for cause in causes:
        say(f"{_short(cause)}: {CAUSE_TEXTS[cause]}.")
    say(f"Compared: {found.models:,} models and tiers; {found.agreed:,} agree in every price.")
    if found.not_there:
        names = [f"{provider} {model} ({tier})" for provider, model, tier in found.not_there]
        listed = ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
        say(f"Not in {opinion.source}: {len(names):,} ({listed}).")
    say("Nothing was changed: the price book goes on pricing. Next: centavo explain disputes")


def _stake(disputes: Sequence[Dispute]) -> Money | None:
    """Return the sum of the absolute amounts; ``None`` where nothing is known."""
    known = [it.at_stake for it in disputes if it.at_stake is not None]
    if not known:
        return None
    return Money(sum((abs(it.amount) for it in known), Decimal(0)), known[0].currency)


def _print(disputes: Sequence[Dispute], form: Format) -> None:
    columns = [
        Column("provider", drop=5), Column("model"), Column("unit"), Column("tier", drop=4),
        Column("input >", numeric=True, drop=2), Column("ours", numeric=True),
        Column("theirs", numeric=True), Column("difference", numeric=True, drop=3),
        Column("at stake", numeric=True, drop=1), Column("likely cause"),
        Column("more", drop=6), Column("their entry", drop=8), Column("our source", drop=7),
    ]  # fmt: skip
    largest = max((abs(it.at_stake.amount) for it in disputes if it.at_stake), default=Decimal(0))
    print_speaking(
        columns,
        [_row(it, decimals_for(largest)) for it in disputes],
        [_row(it, None) for it in disputes],
        silent={"tier": "standard", "input >": None, "at stake": None, "more": None},
        whole=("model", "unit", "likely cause"),
        form=form,
    )


def _row(it: Dispute, decimals: int | None) -> list[str | None]:
    """Return the cells of a dispute; without decimals, for a machine: exact and ungrouped."""
    stake = it.at_stake.as_json()["amount"] if it.at_stake else None
    over = str(it.over_input_tokens) if it.over_input_tokens else None
    if decimals is not None:
        stake = signed_text(it.at_stake.amount, decimals) if it.at_stake else None
        over = count_text(it.over_input_tokens) if it.over_input_tokens else None
    return [
        it.provider, it.model, it.unit if decimals is None else _short(it.unit), it.tier, over, _price(it.ours, it.ours_currency),
        _price(it.theirs, "USD"), percent_text(it.difference), stake,
        _short(it.cause) if decimals is not None else it.cause, it.detail or None, it.theirs_key, it.ours_source,
    ]  # fmt: skip


def _short(name: str) -> str:
    """Return a cause or a price key as a person's table has room for it."""
    return name.removesuffix("_price").removesuffix("_mtok").replace("_", " ")


def _price(price: Decimal | None, currency: str) -> str | None:
    if price is None:
        return None
    return plain_price(price) if currency == "USD" else f"{plain_price(price)} {currency}"


def _as_json(
    found: Comparison,
    shown: Sequence[Dispute],
    opinion: SecondOpinion,
    book: PriceBook,
    days: str | None,
) -> dict[str, object]:
    stake = _stake(shown)
    return {
        "schema": "centavo.prices.disputes/1",
        "snapshot": book.snapshot_id,
        "second_opinion": opinion.source,
        "usage": days,
        "compared": found.models,
        "agreed": found.agreed,
        "at_stake": stake.as_json() if stake else None,
        "not_there": [
            {"provider": provider, "model": model, "tier": tier}
            for provider, model, tier in found.not_there
        ],
        "disputes": [
            {
                "provider": it.provider,
                "model": it.model,
                "tier": it.tier,
                "unit": it.unit,
                "over_input_tokens": it.over_input_tokens,
                "per": it.per,
                "ours": None if it.ours is None else Money(it.ours, it.ours_currency).as_json(),
                "ours_source": it.ours_source,
                "theirs": None if it.theirs is None else Money(it.theirs, "USD").as_json(),
                "theirs_entry": it.theirs_key,
                "difference": None if it.difference is None else format(it.difference, "f"),
                "cause": it.cause,
                "cause_text": CAUSE_TEXTS[it.cause],
                "detail": it.detail or None,
                "at_stake": it.at_stake.as_json() if it.at_stake else None,
            }
            for it in shown
        ],
    }

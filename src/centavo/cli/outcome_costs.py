"""Outcomes of the ledger with their costs, and where these are from, in words."""

from datetime import UTC, datetime
from pathlib import Path

from centavo.cli.output import say
from centavo.ledger.ledger import Ledger
from centavo.ledger.settings import Settings
from centavo.modelfit.outcome_prices import PricedOutcomes, price_outcomes
from centavo.pricing.problems import EXPLANATIONS

__all__ = ["clock", "open_outcomes", "say_priced"]


def open_outcomes(folder: Path | None) -> tuple[Ledger, PricedOutcomes]:
    """Return the ledger, and its outcomes that state tokens but no cost priced by its price book."""
    settings = Settings.load(Path.cwd(), ledger=folder)
    ledger = Ledger.open(settings.location)
    return ledger, price_outcomes(ledger, now=clock(), prices=settings.prices)


def say_priced(priced: PricedOutcomes) -> None:
    """Say which costs are list prices of tokens, and which are not known."""
    if priced.priced:
        say(
            f"Costs of {priced.priced:,} outcomes are not stated: they are list prices of their tokens,"
            " of the day of the grade (today's, where it has none)."
        )
    for (model, problem), count in priced.unpriced.most_common(3):
        say(f"No cost for {count:,} outcomes of {model}: {EXPLANATIONS[problem]}.")
    more = len(priced.unpriced) - 3
    if more > 0:
        say(f"{more} more models have tokens and no price.")


def clock() -> datetime:
    """Return the present moment."""
    return datetime.now(UTC)  # noqa: TID251 -- the edge where the clock enters

"""Opens a plan with the user's settings: its prices come from their own lists where they name some."""

from pathlib import Path

from centavo.ledger.settings import Settings
from centavo.planning.plan import Plan
from centavo.planning.plan_file import read_plan
from centavo.planning.price_entries import ModelPrices
from centavo.pricing.cloud_prices import CloudPrices

__all__ = ["open_plan"]


def open_plan(path: Path, settings: Settings) -> Plan:
    """Return the plan of a file.

    Raises:
        InputError: The plan cannot be read.
    """
    cloud = CloudPrices.load(settings.cloud)
    return read_plan(path, cloud=cloud, models=lambda: _book(settings.prices))


def _book(file: Path | None) -> ModelPrices:
    # Only a plan that names a model pays for loading the price book.
    from centavo.pricing import PriceBook

    return PriceBook.load(file)

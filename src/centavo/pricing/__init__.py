"""The dated price book: what a token costs on a day, and what could not be priced."""

from centavo.pricing.book import PriceBook
from centavo.pricing.cloud_prices import CloudPrice, CloudPrices
from centavo.pricing.contract import Contract
from centavo.pricing.kept_books import KeptBooks
from centavo.pricing.problems import EXPLANATIONS, PROBLEMS, PriceProblem
from centavo.pricing.quote import Quote

__all__ = [
    "EXPLANATIONS",
    "PROBLEMS",
    "CloudPrice",
    "CloudPrices",
    "Contract",
    "KeptBooks",
    "PriceBook",
    "PriceProblem",
    "Quote",
]

"""The dated price book: what a token costs on a day, and what could not be priced."""

from centavo.pricing.book import PriceBook
from centavo.pricing.problems import EXPLANATIONS, PROBLEMS, PriceProblem
from centavo.pricing.quote import Quote

__all__ = ["EXPLANATIONS", "PROBLEMS", "PriceBook", "PriceProblem", "Quote"]

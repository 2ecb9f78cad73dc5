"""The dated price book: what a token costs on a day, and what could not be priced."""

from centavo.pricing.book import PriceBook
from centavo.pricing.problems import EXPLANATIONS, PROBLEMS, PriceProblem
from centavo.pricing.quote import Quote
from centavo.pricing.statement import COST_COLUMNS

__all__ = ["COST_COLUMNS", "EXPLANATIONS", "PROBLEMS", "PriceBook", "PriceProblem", "Quote"]

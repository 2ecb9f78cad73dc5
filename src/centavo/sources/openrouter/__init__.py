"""OpenRouter's activity: single generations, and sums of a day."""

from centavo.sources.openrouter.activity import OpenRouterActivitySource
from centavo.sources.openrouter.generations import OpenRouterSource

__all__ = ["OpenRouterActivitySource", "OpenRouterSource"]

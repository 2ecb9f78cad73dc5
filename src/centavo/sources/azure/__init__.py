"""Azure cost details: exports of every agreement and header, and the meters of models."""

from centavo.sources.azure.source import AzureCostSource

__all__ = ["AzureCostSource"]

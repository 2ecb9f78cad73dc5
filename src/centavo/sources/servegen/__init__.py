"""Reads ServeGen's traffic by client: requests per window, and how long they were."""

from centavo.sources.servegen.source import ServeGenSource

__all__ = ["ServeGenSource"]

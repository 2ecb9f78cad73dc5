"""Request logs: what was asked of a model and what it answered, in every vendor's shape."""

from centavo.sources.requests.source import RequestLogSource

__all__ = ["RequestLogSource"]

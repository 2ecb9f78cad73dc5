"""Reads n8n: what its executions spent on models, and what its workflows are set up to call."""

from centavo.sources.n8n.source import N8nSource

__all__ = ["N8nSource"]

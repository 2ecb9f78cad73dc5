"""Langfuse's traces: exports of its pages and of its public API."""

from centavo.sources.langfuse.source import LangfuseSource

__all__ = ["LangfuseSource"]

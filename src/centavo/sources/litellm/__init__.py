"""LiteLLM's spend logs: the table LiteLLM_SpendLogs as files, or read live from PostgreSQL."""

from centavo.sources.litellm.source import LiteLlmSource

__all__ = ["LiteLlmSource"]

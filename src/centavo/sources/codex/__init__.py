"""Codex CLI's session logs on disk."""

from centavo.sources.codex.source import CodexSource

__all__ = ["CodexSource"]

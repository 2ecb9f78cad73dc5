"""Claude Code's session logs on disk."""

from centavo.sources.claude_code.source import ClaudeCodeSource

__all__ = ["ClaudeCodeSource"]

"""Aider's chat transcripts, and tables of the usage lines in them."""

from centavo.sources.aider_chat.source import AiderChatSource

__all__ = ["AiderChatSource"]
